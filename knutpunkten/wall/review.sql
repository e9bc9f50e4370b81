-- The reviewer's side of the audit (W4): the log without what it says of anybody, and what a month is drawn by.

-- The associations whose log the one who asks reviews, under the hat that is on.
create or replace function app_reviews() returns uuid[]
language sql stable security definer set search_path = public, pg_temp as
$$
  select coalesce(array_agg(m.association_id), '{}')
    from organisations_membership m
   where m.id = app_hat() and m.user_id = app_user() and m.role = 'reviewer'
     and m.starts_on <= app_today() and (m.ends_on is null or m.ends_on >= app_today())
$$;

-- Of staff alone. What was read is said by kind of page; what was done, by kind of deed: that the group's besked was
-- noted, not which it was; that a place was answered, not how; that a person was looked up, and why; of a review, which
-- item it was of. Of a role that was given or ended, which, and its last day; of one that
-- was moved, from which unit to which. Of the settings, what was changed and not to what. Of what concerns a colleague (named to read, taking over a
-- case, given a role, closed, whose log was read), whom: one of those whose log one reviews, never somebody who only
-- takes part. Of a role without a unit the role itself says whose log it is: what an association's reviewer looked up is
-- not for another's. A barrier: no condition of the asker's is tried on rows the view leaves out.
create or replace view review_log with (security_barrier) as
  -- What a row of the settings was called that is taken away; of a contact it would be somebody's name.
  with gone as (
    select l.object_id, l.object_repr
      from django_admin_log l join django_content_type t on t.id = l.content_type_id
     where l.action_flag = 3 and t.model in ('association', 'agency', 'unit', 'programme')
  )
  select e.id, e.at, e.user_id, e.role, e.unit_id, e.address,
         case when e.event in ('admit', 'queue', 'return', 'postpone') then 'besked'
              when e.event in ('accept', 'decline') then 'offer_answered'
              else e.event end as event,
         case when e.event = 'log_reviewed' then coalesce(e.object_id::text, '')
              when e.is_reading or e.event in ('denied', 'sent', 'looked_up', 'log_read',
                                               'membership_given', 'membership_changed', 'membership_ended')
              then coalesce(e.detail->>'what', '') else '' end as what,
         (select c.number from audit_subject k join cases_case c on c.id = k.id where k.ref = e.case_ref) as number,
         upper(left(e.person_ref::text, 8)) as person, e.person_ref, e.is_reading,
         (select m.user_id
            from organisations_membership m
            left join organisations_unit u on u.id = m.unit_id left join organisations_agency a on a.id = u.agency_id
           where m.user_id = case e.event
                               when 'reader_named' then (e.detail->>'reader')::uuid
                               when 'reader_ended' then (select n.user_id from protection_namedreader n
                                                          where n.id = (e.detail->>'reader')::uuid)
                               when 'hand_on' then (e.detail->>'caseworker')::uuid
                               when 'change_supervisor' then (e.detail->>'supervisor')::uuid
                               when 'named_handed_on' then (e.detail->>'taker')::uuid
                               when 'log_read' then case when e.detail->>'what' = 'reviewed_account' then e.object_id end
                               when 'account_added' then e.object_id
                               when 'account_changed' then e.object_id
                               when 'account_closed' then e.object_id
                               when 'account_opened' then e.object_id
                               when 'invitation_sent' then e.object_id
                               when 'membership_given' then e.object_id
                               when 'membership_changed' then e.object_id
                               when 'membership_ended' then e.object_id end
             and (m.role = 'administrator' or coalesce(a.association_id, m.association_id) = any((select app_reviews())::uuid[]))
           limit 1) as whom_id,
         -- Of the settings: the names of the fields that were changed, and in which row of them.
         coalesce(e.detail->>'fields', '') as fields,
         case when e.event = 'sent' and e.detail ? 'object'
              then (select coalesce(max(s.name), (select max(l.object_repr) from gone l where l.object_id = e.detail->>'object'), '')
                      from (select id, name from organisations_association union all select id, name from organisations_agency
                            union all select id, name from organisations_unit union all select id, name from organisations_programme
                            union all select c.id, u.name from organisations_contact c join organisations_unit u on u.id = c.unit_id
                            union all select d.id, p.name from organisations_routinedocument d
                                        join organisations_programme p on p.id = d.programme_id) s
                     where s.id = (e.detail->>'object')::uuid) end as setting,
         nullif(e.detail->>'unit_was', '')::uuid as unit_was, nullif(e.detail->>'unit_is', '')::uuid as unit_is,
         e.case_ref
    from audit_entry e
   where cardinality((select app_reviews())) > 0 and e.role <> 'participant'
     and (e.unit_id is null and (e.role not in ('reviewer', 'association')
                                 or e.hat_id in (select m.id from organisations_membership m
                                                  where m.association_id = any((select app_reviews())::uuid[])))
          or e.unit_id in (select u.id from organisations_unit u join organisations_agency a on a.id = u.agency_id
                            where a.association_id = any((select app_reviews())::uuid[])));

-- Whose number it is, if the reviewer's log has a reading about them; else null, and after as long: whoever is known on
-- the other side of the log alone, or is disposed of, is as unknown as a number of nobody's.
create or replace function reviewed_person(the_number text) returns uuid
language plpgsql volatile security definer set search_path = public, pg_temp as
$$
declare began timestamptz := clock_timestamp(); found uuid;
begin
  select p.id into found
    from people_person p join audit_subject k on k.id = p.id
   where p.number = the_number
     and exists (select 1 from review_log l where l.person_ref = k.ref and l.is_reading);
  perform pg_sleep(0.06 - extract(epoch from clock_timestamp() - began)::double precision);
  return found;
end
$$;

-- By which references the log knows a person's cases: who was denied one is found by it alone.
create or replace function reviewed_cases(the_person uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as
$$
  select k.ref from cases_case c join audit_subject k on k.id = c.id
   where c.person_id = the_person and cardinality(app_reviews()) > 0
$$;

-- What of a month is to be looked at: the first row of each, once, with every reason and how many times. By chance is
-- drawn what no rule has found. Compares names with those of the
-- persons, and says nothing of them. *unusual*: how many persons a day are never too many, whatever others do.
create or replace function review_draw(the_association uuid, since timestamptz, until timestamptz, how_many integer, unusual integer)
returns table (entry_id uuid, user_id uuid, reasons jsonb)
language sql volatile security definer set search_path = public, pg_temp as
$$
  with month as materialized (
    select e.id, e.at, e.user_id, e.unit_id, e.role, e.is_reading, e.event, c.id as case_id, c.referring_unit_id, g.team_id,
           coalesce(pk.id, c.person_id) as person_id
      from audit_entry e
      join organisations_unit u on u.id = e.unit_id
      join organisations_agency a on a.id = u.agency_id and a.association_id = the_association
      left join audit_subject ck on ck.ref = e.case_ref
      left join cases_case c on c.id = ck.id
      left join organisations_programme g on g.id = c.programme_id
      left join audit_subject pk on pk.ref = e.person_ref
     where e.recorded_at >= since and e.at >= since and e.at < until and e.user_id is not null and e.role <> 'participant'
       and (e.is_reading or e.event = 'denied') and coalesce(pk.id, c.person_id) is not null
  ), known as materialized (
    select m.*, p.account_id,
           exists (select 1 from cases_case c where c.person_id = m.person_id
                      and lower(c.first_name || ' ' || c.last_name) = lower(x.name))
             or p.account_id is not distinct from m.user_id as same_name,
           exists (select 1 from cases_case c where c.person_id = m.person_id
                      and lower(c.last_name) = lower(substring(x.name from '\S+$'))) as same_surname,
           exists (select 1 from cases_section s
                    where s.case_id = m.case_id and s.key = 'person'
                      and (lower(s.data->>'mail') = lower(x.email)
                           or nullif(regexp_replace(s.data->>'phone', '[^0-9]', '', 'g'), '')
                              = regexp_replace(x.phone, '[^0-9]', '', 'g'))) as same_contact
      from month m join organisations_user x on x.id = m.user_id join people_person p on p.id = m.person_id
  ), found as (
    select k.id, k.at, k.user_id, k.person_id, r.rule
      from known k
     cross join lateral (values
            ('own_name', k.same_name),
            ('same_surname', k.same_surname and not k.same_name),
            ('same_contact', k.same_contact and not k.same_name),
            ('protected', exists (select 1 from cases_case c where c.person_id = k.person_id and c.is_protected)),
            -- Without a ground at all, or where only what one's own unit once wrote is left.
            ('outside', k.event = 'denied' or k.unit_id not in (k.referring_unit_id, k.team_id)
                        and not exists (select 1 from cases_party p where p.case_id = k.case_id and p.unit_id = k.unit_id
                                           and p.basis = 'consent' and (p.withdrawn_at is null or p.withdrawn_at > k.at)
                                           and (k.at at time zone 'Europe/Stockholm')::date between p.valid_from and p.valid_until))
          ) as r (rule, holds)
     where r.holds
  ), days as (
    select m.user_id, m.role, (m.at at time zone 'Europe/Stockholm')::date as day,
           count(distinct m.person_id) as people, (array_agg(m.id order by m.at, m.id))[1] as first
      from month m where m.is_reading group by 1, 2, 3
  ), usual as (
    select role, percentile_cont(0.5) within group (order by people) as people from days group by role
  ), drawn as (
    select (array_agg(f.id order by f.at, f.id))[1] as id, f.user_id, f.rule, count(*) as times
      from found f group by f.user_id, f.rule, f.person_id
    union all
    select d.first, d.user_id, 'volume', d.people
      from days d join usual u on u.role = d.role
     where d.people >= unusual and d.people > 3 * u.people
    union all
    (select m.id, m.user_id, 'sample', 1 from month m
      where m.is_reading and m.id not in (select f.id from found f) order by random() limit how_many)
  )
  select d.id, d.user_id, jsonb_object_agg(d.rule, d.times) from drawn d group by d.id, d.user_id
$$;
