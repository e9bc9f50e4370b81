-- Protected identity (W5): a case of a protected person opens to its named readers alone. Run after functions.sql.

-- Flags that say a row is about a protected person, so that nothing is looked up for all the others.
create or replace function mark_protected() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  new.is_protected := coalesce((select c.is_protected from cases_case c where c.id = new.case_id), false);
  return new;
end
$$;

-- Whoever is responsible for a protected person's case reads it, a year at a time: the caseworker who begins it, the
-- supervisor it is allocated to. Whoever is so no longer stops reading.
create or replace function case_readers() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  if not new.is_protected or tg_op = 'UPDATE' and (old.is_protected, old.caseworker_id, old.supervisor_id)
     is not distinct from (new.is_protected, new.caseworker_id, new.supervisor_id) then
    return null;
  end if;
  update protection_namedreader
     set ended_at = app_now(), ended_by_id = app_user()
   where case_id = new.id and ended_at is null and given_by_id is null
     and user_id <> new.caseworker_id and user_id is distinct from new.supervisor_id;
  insert into protection_namedreader (id, case_id, unit_id, user_id, given_at, reason, valid_from, valid_until)
  select gen_random_uuid(), new.id, r.unit_id, r.user_id, app_now(), r.reason, app_today(),
         (app_today() + interval '1 year')::date
    from (select new.referring_unit_id, new.caseworker_id, 'Handläggare i ärendet'
          union all
          select p.team_id, new.supervisor_id, 'Handledare i ärendet'
            from organisations_programme p where p.id = new.programme_id and new.supervisor_id is not null
         ) as r (unit_id, user_id, reason)
  on conflict (case_id, user_id, unit_id) where ended_at is null do nothing;
  return null;
end
$$;

-- A number in order, of the year the case began: the one a case gets whose person is protected no longer.
create or replace function ordinary_number(the_kind text, begun timestamptz) returns text
language plpgsql volatile security definer set search_path = public, pg_temp as
$$
declare
  series text := case the_kind when 'consultation' then 'K-' else 'S-' end || to_char(begun at time zone 'Europe/Stockholm', 'YYYY');
  n text := next_in_series(series)::text;
begin
  return series || '-' || lpad(n, greatest(3, length(n)), '0');
end
$$;

-- Whoever names the readers that a case now lacks is told its number, and nothing that leads to it.
create or replace function ask_for_readers(the_case uuid, the_number text) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  with noticed as (
    insert into notices_notice (id, user_id, event, case_id, number, about, at)
    select gen_random_uuid(), asked, 'name_reader', null, the_number, '', app_now()
      from asked_for_readers(the_case, '-infinity') asked
    returning user_id
  )
  insert into notices_mail (id, user_id, kind, queued_at, attempts, next_try_at)
  select gen_random_uuid(), n.user_id, 'notice', app_now(), 0, app_now() from noticed n
  on conflict do nothing;
end
$$;

-- A case follows its person's protection. Protected, it closes to all but those responsible, in the same moment: it gets
-- a number nobody knows it by, and where to find the person is kept no more. When the protection is over, it follows its
-- ordinary grounds again, under a number that does not tell; nobody is a named reader any more.
create or replace function protect_case(the_case uuid, the_protection text) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare hidden constant boolean := the_protection <> 'none'; drawn text;
begin
  select case when hidden then protected_number() else ordinary_number(c.kind, c.created_at) end into drawn
    from cases_case c where c.id = the_case;
  update cases_case set protection = the_protection, is_protected = hidden, number = drawn where id = the_case;
  update cases_party set is_protected = hidden where case_id = the_case;
  update cases_turn set is_protected = hidden, number = drawn where case_id = the_case;
  update notices_notice set is_protected = hidden, number = drawn where case_id = the_case;
  update meetings_agendaitem set number = drawn where case_id = the_case;
  if hidden then
    update cases_section set data = data - array['phone', 'mail', 'address'] where case_id = the_case and key = 'person';
    perform ask_for_readers(the_case, drawn);
  else
    update protection_namedreader set ended_at = app_now(), ended_by_id = app_user()
     where case_id = the_case and ended_at is null;
  end if;
end
$$;

-- Wait until nobody else begins a case about the case's person, or changes what reaches all of theirs. To be called before a
-- case is locked: two who had locked a case each would wait for each other's.
create or replace function one_person_at_a_time(the_case uuid) returns void
language sql volatile security definer set search_path = public, pg_temp as
$$ select pg_advisory_xact_lock(hashtextextended(c.person_id::text, 0)) from cases_case c where c.id = the_case $$;

-- Whether the person has signed a consent in the case, whether it holds or not.
create or replace function has_consent(the_case uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select 1 from cases_party p where p.case_id = the_case and p.basis = 'consent') $$;

-- Whether what is known of the person's protection reaches the case, and comes from it: once the person has signed a
-- consent there. Without one it would tell that they are known here (W1), and a mistyped number would close a stranger's case.
create or replace function shares_protection(the_case uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$
  select has_consent(the_case)
      or exists (select 1 from cases_case c where c.id = the_case and c.referring_unit_id = any(app_units()))
$$;

-- In each case that closes without anybody's having said so there, the log says it, and those responsible are told.
create or replace function tell_protected(the_case uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  insert into audit_entry (id, at, recorded_at, event, is_reading, user_id, hat_id, role, unit_id,
                           address, case_ref, person_ref, category, detail)
  select gen_random_uuid(), app_now(), clock_timestamp(), 'protected', false, app_user(), app_hat(), coalesce(m.role, ''), m.unit_id,
         -- As whoever asks has just been written down.
         (select e.address from audit_entry e where e.user_id = app_user() order by e.recorded_at desc limit 1),
         audit_reference('case', c.id), audit_reference('person', c.person_id), '', jsonb_build_object('which', c.protection)
    from cases_case c left join organisations_membership m on m.id = app_hat() where c.id = the_case;
  with noticed as (
    insert into notices_notice (id, user_id, event, case_id, number, about, at)
    select gen_random_uuid(), x.id, 'protected', c.id, '', '', app_now()
      from cases_case c join organisations_user x on x.id in (c.caseworker_id, c.supervisor_id)
     where c.id = the_case and x.id is distinct from app_user() and c.state not in ('closed', 'cancelled')
    returning user_id
  )
  insert into notices_mail (id, user_id, kind, queued_at, attempts, next_try_at)
  select gen_random_uuid(), n.user_id, 'notice', app_now(), 0, app_now() from noticed n
  on conflict do nothing;
end
$$;

-- A person becomes protected, or no longer is, whoever wrote it down: their cases follow.
create or replace function person_protected() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare hidden constant boolean := new.protection <> 'none'; one uuid;
begin
  if hidden = (old.protection <> 'none') then
    return null;
  end if;
  for one in
    select c.id from cases_case c
     where c.person_id = new.id and c.is_protected <> hidden and shares_protection(c.id)
     order by c.created_at, c.id for no key update
  loop
    perform protect_case(one, new.protection);
    if hidden then
      perform tell_protected(one);
    end if;
  end loop;
  return null;
end
$$;

-- With the first signed consent case and person share what is known of the protection, as the step ends. Who wrote the
-- consent in has just met the person, and goes on reading, as the caseworker does.
create or replace function consent_protects() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare here text; known text;
begin
  select c.protection, p.protection into here, known
    from people_person p join cases_case c on c.person_id = p.id where c.id = new.case_id for no key update of p, c;
  if here <> 'none' and known = 'none' then
    update people_person set protection = here where id = new.person_id;
  elsif here = 'none' and known <> 'none' then
    perform protect_case(new.case_id, known);
    insert into protection_namedreader (id, case_id, unit_id, user_id, given_at, reason, valid_from, valid_until)
    select gen_random_uuid(), new.case_id, m.unit_id, m.user_id, app_now(), 'Skrev in samtycket', app_today(),
           (app_today() + interval '1 year')::date
      from organisations_membership m where m.id = app_hat() and m.unit_id is not null
    on conflict (case_id, user_id, unit_id) where ended_at is null do nothing;
    perform tell_protected(new.case_id);
  end if;
  return null;
end
$$;

-- That a person is protected is written down by anybody who reads one of their cases; that it is over, by end_protection().
create or replace function protect_person(the_case uuid, the_protection text) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare the_person uuid; hidden boolean;
begin
  perform one_person_at_a_time(the_case);
  select c.person_id, c.is_protected into the_person, hidden from cases_case c
   where c.id = the_case and the_protection <> 'none'
     and exists (select 1 from living_ground g where g.case_id = c.id and g.basis <> 'self');
  if the_person is null then
    raise exception 'nobody can be protected here' using errcode = 'insufficient_privilege';
  elsif not hidden then  -- else somebody was first
    perform protect_case(the_case, the_protection);
    if has_consent(the_case) then
      update people_person set protection = the_protection where id = the_person and protection = 'none';
    end if;
  end if;
end
$$;

-- The protection is over: said by a caseworker of the unit that referred the person, who reads the case. It is the
-- person's, so every case of theirs opens. Those who have read the others are told, and it is written down in each; the
-- one who says it learns nothing of them.
drop function if exists end_protection(uuid, text, date, timestamptz);
create or replace function end_protection(the_case uuid, the_why text, the_day date, moment timestamptz, asked_from inet)
  returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare the_person uuid; whose record;
begin
  perform one_person_at_a_time(the_case);
  select m.id, m.role, m.unit_id into whose from organisations_membership m
   where m.id = app_hat() and m.user_id = app_user() and m.unit_id = any(app_units()) and m.role = 'caseworker';
  select p.id into the_person from cases_case c join people_person p on p.id = c.person_id
   where c.id = the_case and c.referring_unit_id = whose.unit_id and c.id = any(app_reads()) and c.is_protected
     for no key update of p;
  if the_person is null then
    raise exception 'nobody stops being protected here' using errcode = 'insufficient_privilege';
  end if;
  if not has_consent(the_case) then
    perform protect_case(the_case, 'none');  -- nobody else has heard of it
    return;
  end if;
  insert into audit_entry (id, at, recorded_at, event, is_reading, user_id, hat_id, role, unit_id,
                           address, case_ref, person_ref, category, detail)
  select gen_random_uuid(), moment, clock_timestamp(), 'protection_ended', false, app_user(), whose.id, whose.role, whose.unit_id,
         asked_from, audit_reference('case', c.id), audit_reference('person', the_person), '',
         jsonb_build_object('why', the_why, 'since', the_day)
    from cases_case c where c.person_id = the_person and c.is_protected and shares_protection(c.id) and c.id <> the_case;
  -- Before it opens: then the notices follow the cases' numbers, and these readers are readers still.
  with told as (
    select r.case_id, r.user_id from living_reader r join cases_case c on c.id = r.case_id where c.person_id = the_person and c.is_protected and shares_protection(c.id)
    union
    select c.id, x.id from cases_case c join organisations_user x on x.id in (c.caseworker_id, c.supervisor_id)
     where c.person_id = the_person and c.is_protected and shares_protection(c.id) and c.state not in ('closed', 'cancelled')
  ), noticed as (
    insert into notices_notice (id, user_id, event, case_id, number, about, at)
    select gen_random_uuid(), t.user_id, 'protection_ended', t.case_id, '', '', moment from told t where t.user_id <> app_user()
    returning user_id
  )
  insert into notices_mail (id, user_id, kind, queued_at, attempts, next_try_at)
  select gen_random_uuid(), n.user_id, 'notice', moment, 0, moment from (select distinct user_id from noticed) n
  on conflict do nothing;
  update people_person set protection = 'none' where id = the_person;
end
$$;

-- Who stands in which unit today, with an account that can sign in.
create or replace view living_member as
  select m.id, m.user_id, m.unit_id, m.programme_id, m.role
    from organisations_membership m join organisations_user x on x.id = m.user_id and x.is_active
   where m.starts_on <= (select app_today()) and (m.ends_on is null or m.ends_on >= (select app_today()));

-- The units in which the one who asks may say who reads a protected case: their own, as its representative; the team,
-- as its coordinator, and any unit in the case that has no representative with an account. A unit has a part by what it
-- wrote too, when the consent names it no more: somebody must be able to read that, to answer the person and to dispose of it.
create or replace view reader_unit as
  with me as materialized (
    select m.role, m.unit_id, m.programme_id from organisations_membership m
     where m.id = (select app_hat()) and m.user_id = (select app_user())
  ), hidden as not materialized (
    select c.id as case_id, c.programme_id, c.referring_unit_id, p.team_id, c.handed_over_at is not null as is_handed_over,
           c.state in ('closed', 'cancelled') as is_over
      from cases_case c join organisations_programme p on p.id = c.programme_id where c.is_protected
  ), has_part as not materialized (
    select h.case_id, h.programme_id, h.referring_unit_id as unit_id, false as is_team
      from hidden h
     where h.is_handed_over or not exists (
             select 1 from living_reader r where r.case_id = h.case_id and r.unit_id = h.referring_unit_id)
    union all
    select h.case_id, h.programme_id, h.team_id, true
      from hidden h
     where h.is_handed_over and not h.is_over
    union all
    select h.case_id, h.programme_id, g.unit_id, g.unit_id = h.team_id
      from cases_party g join hidden h on h.case_id = g.case_id
     where g.is_protected and g.level >= 1 and g.withdrawn_at is null
       and g.valid_from <= (select app_today()) and (g.valid_until is null or g.valid_until >= (select app_today()))
       and g.basis in ('consent', 'own') and g.unit_id <> h.referring_unit_id
       and (g.unit_id <> h.team_id or h.is_over and h.is_handed_over)
  )
  select distinct h.case_id, h.unit_id
    from me join has_part h on me.role = 'representative' and not h.is_team and h.unit_id = me.unit_id
  union
  select h.case_id, h.unit_id
    from me join has_part h on me.role = 'coordinator' and h.programme_id = me.programme_id
   where h.is_team or not exists (
           select 1 from living_member n where n.unit_id = h.unit_id and n.role = 'representative');

-- When *the_user*'s account was closed: an administrator wrote it. Unless it is known, now; null while it is open.
create or replace function account_closed_at(the_user uuid) returns timestamptz
language sql stable security definer set search_path = public, pg_temp as
$$
  select coalesce((select max(e.at) from audit_entry e
                    where e.user_id in (select m.user_id from organisations_membership m where m.role = 'administrator')
                      and e.event = 'account_closed' and e.object_id = x.id), app_now())
    from organisations_user x where x.id = the_user and not x.is_active
$$;

-- When a unit last lost somebody who read: the person became protected, a reader's time or hat ended, or their account was
-- closed. Null where nothing of it has been.
create or replace function reading_lost_at(the_case uuid, the_unit uuid) returns timestamptz
language sql stable security definer set search_path = public, pg_temp as
$$
  select greatest((select max(e.at) from audit_entry e where e.case_ref = audit_ref(the_case) and e.event = 'protected'),
                  (select max(coalesce(r.ended_at, (r.valid_until + 1)::timestamp at time zone 'Europe/Stockholm'))
                     from protection_namedreader r
                    where r.case_id = the_case and r.unit_id = the_unit
                      and (r.ended_at is not null or r.valid_until < (select app_today()))),
                  (select max(coalesce(account_closed_at(r.user_id), (m.ends_on + 1)::timestamp at time zone 'Europe/Stockholm'))
                     from living_reader r join organisations_user x on x.id = r.user_id
                     left join organisations_membership m on m.user_id = r.user_id and m.unit_id = r.unit_id
                      and m.ends_on < (select app_today())
                    where r.case_id = the_case and r.unit_id = the_unit and (m.id is not null or not x.is_active)))
$$;

-- Where somebody must be named before a unit can do its part: a turn waits there that no reader can take; and from the
-- announcement on, whatever waits, the person's consent opens the case to it (to the team too) and nobody there reads it:
-- since it was announced or the unit's time began, or it lost its readers since (``reading_lost_at``).
drop function if exists lacks_reader(uuid, uuid, timestamptz);
create or replace view unread_unit as
  select t.case_id, t.unit_id, t.since, t.due_on, true as is_turn, t.role
    from cases_turn t join cases_case c on c.id = t.case_id
   where t.is_protected
     and not exists (
       select 1 from living_reader r join living_member m on m.user_id = r.user_id and m.unit_id = r.unit_id
        where r.case_id = t.case_id and r.unit_id = t.unit_id and (t.user_id is null or t.user_id = r.user_id)
          and (m.role = t.role or t.role = 'representative' and c.referring_unit_id <> t.unit_id))
  union all
  select g.case_id, g.unit_id,
         greatest(c.announced_at, g.valid_from::timestamp at time zone 'Europe/Stockholm'), null, false, null
    from cases_party g join cases_case c on c.id = g.case_id
   where g.is_protected and g.basis = 'consent' and g.level >= 1 and g.withdrawn_at is null
     and g.valid_from <= (select app_today()) and g.valid_until >= (select app_today())
     and c.state not in ('draft', 'handed_over', 'closed', 'cancelled')
     and exists (select 1 from living_member m where m.unit_id = g.unit_id)  -- else there is nobody to name
     and not exists (
       select 1 from living_reader r join living_member m on m.user_id = r.user_id and m.unit_id = r.unit_id
        where r.case_id = g.case_id and r.unit_id = g.unit_id);

-- How many protected participants that the one who asks does not read are planned for a session and take part when it
-- begins: a number and nothing of who they are, for the team that leads it, so that nobody calls off what somebody comes to.
create or replace function planned_unseen(the_session uuid) returns integer
language sql stable security definer set search_path = public, pg_temp as
$$
  select count(*)::int
    from activities_session s join organisations_programme p on p.id = s.programme_id and p.team_id = any(app_units())
    join activities_enrolment e on e.session_id = s.id and e.removed_at is null
    join cases_case c on c.id = e.case_id and c.is_protected and c.id <> all(app_reads())
   where s.id = the_session and c.started_on <= s.on_date
     and (c.closed_at is null
          or c.closed_at > (s.on_date + case s.part when 'early' then p.first_starts else p.second_starts end)
                           at time zone 'Europe/Stockholm')
$$;

-- The protected cases in which the one who asks names readers; and for the coordinator, who names none there, the other
-- units that lack one. Number and programme, and nothing of the person, nor why somebody reads, which is written freely.
-- Those that are over only where they are asked for. With what says by when (protection/rules.py). The policy that asks it
-- is made anew with the others (tables.py).
drop function if exists protected_cases(boolean) cascade;
create function protected_cases(with_over boolean) returns table (
  case_id uuid, number text, programme text, unit_id uuid, unit text, mark text, kind text, names boolean, is_over boolean,
  waits_since date, due_on date, meeting_on date, days_before_meeting int, days_notice int, readers jsonb, waits_for text
) language sql stable security definer set search_path = public, pg_temp as
$$
  with shown as (
    select n.case_id, n.unit_id, true as names from reader_unit n
    union all
    (select w.case_id, w.unit_id, false
       from living_member m join cases_case c on c.programme_id = m.programme_id and c.is_protected
       join unread_unit w on w.case_id = c.id
      where m.id = app_hat() and m.user_id = app_user() and m.role = 'coordinator'
     except
     select n.case_id, n.unit_id, false from reader_unit n)
  )
  select c.id, c.number, p.name, u.id, u.name, a.mark, a.kind, s.names, c.state in ('closed', 'cancelled'),
         w.since, w.due_on, case c.state when 'announced' then c.meeting_on end, p.days_before_meeting, p.days_notice,
         (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'is_self', x.id = (select app_user()), 'name', x.name, 'email', x.email, 'until', r.valid_until,
                                    'shares_name', exists (
                                      select 1 from organisations_user o join organisations_membership m on m.user_id = o.id
                                       where m.unit_id = r.unit_id and o.name = x.name and o.id <> x.id),
                                    'is_there', exists (
                                      select 1 from living_member m where m.user_id = r.user_id and m.unit_id = r.unit_id),
                                    'part', case when r.unit_id = p.team_id and r.user_id = c.supervisor_id then 'supervisor'
                                                 when r.unit_id = c.referring_unit_id and r.user_id = c.caseworker_id
                                                 then 'caseworker' end)
                                    order by x.name, x.email), '[]')
            from living_reader r join organisations_user x on x.id = r.user_id
           where r.case_id = c.id and r.unit_id = u.id),
         w.waits_for
    from shown s join cases_case c on c.id = s.case_id
    join organisations_programme p on p.id = c.programme_id
    join organisations_unit u on u.id = s.unit_id join organisations_agency a on a.id = u.agency_id
    cross join lateral (
      select (case when count(*) > 0 then greatest(min(w.since), reading_lost_at(s.case_id, s.unit_id)) end
              at time zone 'Europe/Stockholm')::date as since, min(w.due_on) as due_on,
             (array_agg(w.role order by w.due_on nulls last, w.role) filter (where w.is_turn))[1] as waits_for
        from unread_unit w where w.case_id = s.case_id and w.unit_id = s.unit_id) w
   where with_over or c.state not in ('closed', 'cancelled')
   order by c.number, u.name
$$;

-- Who is asked to name a reader: the representatives of the units that lack one; the team's coordinators, also for a unit
-- without a representative. For what waits since *moment*; where nothing waits, once for each number a case is known by.
create or replace function asked_for_readers(the_case uuid, moment timestamptz) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as
$$
  select distinct m.user_id
    from cases_case c join organisations_programme p on p.id = c.programme_id
    join unread_unit w on w.case_id = c.id
    join living_member m on m.role = 'representative' and m.unit_id = w.unit_id and w.unit_id <> p.team_id
         or m.role = 'coordinator' and m.programme_id = p.id
            and (w.unit_id = p.team_id
                 or not exists (select 1 from living_member n where n.unit_id = w.unit_id and n.role = 'representative'))
   where c.id = the_case and c.is_protected
     and (w.is_turn and w.since >= moment
          or not w.is_turn and not exists (
               select 1 from notices_notice n
                where n.user_id = m.user_id and n.event = 'name_reader' and n.number = c.number))
$$;

-- Name somebody in a unit; whoever was named there already reads until the new day. Answers the row.
create or replace function name_reader(
  the_case uuid, the_unit uuid, the_user uuid, the_reason text, the_until date
) returns uuid language plpgsql security definer set search_path = public, pg_temp as
$$
declare made uuid;
begin
  if not exists (select 1 from reader_unit n where n.case_id = the_case and n.unit_id = the_unit)
     or not exists (select 1 from living_member m where m.user_id = the_user and m.unit_id = the_unit) then
    raise exception 'no reader can be named here' using errcode = 'insufficient_privilege';
  end if;
  update protection_namedreader set ended_at = app_now(), ended_by_id = app_user()
   where case_id = the_case and unit_id = the_unit and user_id = the_user and ended_at is null;
  insert into protection_namedreader
    (id, case_id, unit_id, user_id, given_by_id, given_at, reason, valid_from, valid_until)
  values (gen_random_uuid(), the_case, the_unit, the_user, app_user(), app_now(), the_reason, app_today(), the_until)
  returning id into made;
  return made;
end
$$;

-- End somebody's reading at once.
create or replace function end_reader(the_reader uuid) returns uuid
language plpgsql security definer set search_path = public, pg_temp as
$$
declare the_case uuid;
begin
  update protection_namedreader r set ended_at = app_now(), ended_by_id = app_user()
   where r.id = the_reader and r.ended_at is null
     and exists (select 1 from reader_unit n where n.case_id = r.case_id and n.unit_id = r.unit_id)
  returning r.case_id into the_case;
  if the_case is null then
    raise exception 'no reading can be ended here' using errcode = 'insufficient_privilege';
  end if;
  return the_case;
end
$$;
