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

-- A person becomes protected, whoever wrote it down: every case of theirs closes to all but those responsible, in the
-- same moment. It gets a number nobody knows it by, and where to find the person is kept no more.
create or replace function person_protected() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  hidden boolean := new.protection <> 'none'; one uuid; drawn text;
begin
  if hidden = (old.protection <> 'none') then
    return null;
  end if;
  for one, drawn in
    select c.id, case when hidden then protected_number() else c.number end
      from cases_case c where c.person_id = new.id order by c.id for no key update
  loop
    update cases_case set is_protected = hidden, number = drawn where id = one;
    update cases_party set is_protected = hidden where case_id = one;
    update cases_turn set is_protected = hidden, number = drawn where case_id = one;
    update notices_notice set is_protected = hidden, number = drawn where case_id = one;
    update meetings_agendaitem set number = drawn where case_id = one;
    if hidden then
      update cases_section set data = data - array['phone', 'mail', 'address'] where case_id = one and key = 'person';
    end if;
  end loop;
  return null;
end
$$;

-- That a person is protected is written down by anybody who reads one of their cases; never taken away here.
create or replace function protect_person(the_case uuid, the_protection text) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  update people_person p set protection = the_protection
    from cases_case c
   where c.id = the_case and p.id = c.person_id and the_protection <> 'none'
     and exists (select 1 from living_ground g where g.case_id = c.id and g.basis <> 'self');
  if not found then
    raise exception 'nobody can be protected here' using errcode = 'insufficient_privilege';
  end if;
end
$$;

-- The units in which the one who asks may say who reads a protected case: their own, as its representative; the team,
-- as its coordinator, and any unit in the case that has no representative with an account.
create or replace view reader_unit as
  with me as materialized (
    select m.role, m.unit_id, m.programme_id from organisations_membership m
     where m.id = (select app_hat()) and m.user_id = (select app_user())
  ), has_part as (
    select c.id as case_id, c.programme_id, c.referring_unit_id as unit_id, false as is_team
      from cases_case c
     where c.is_protected and c.state not in ('closed', 'cancelled')
       and (c.handed_over_at is not null or not exists (
             select 1 from living_reader r where r.case_id = c.id and r.unit_id = c.referring_unit_id))
    union all
    select c.id, c.programme_id, p.team_id, true
      from cases_case c join organisations_programme p on p.id = c.programme_id
     where c.is_protected and c.state not in ('closed', 'cancelled') and c.handed_over_at is not null
    union all
    select c.id, c.programme_id, g.unit_id, false
      from cases_party g join cases_case c on c.id = g.case_id join organisations_programme p on p.id = c.programme_id
     where g.is_protected and g.basis = 'consent' and g.level >= 1 and g.withdrawn_at is null
       and g.valid_from <= (select app_today()) and g.valid_until >= (select app_today())
       and c.state not in ('closed', 'cancelled') and g.unit_id not in (c.referring_unit_id, p.team_id)
  )
  select distinct h.case_id, h.unit_id
    from me join has_part h on me.role = 'representative' and not h.is_team and h.unit_id = me.unit_id
  union
  select h.case_id, h.unit_id
    from me join has_part h on me.role = 'coordinator' and h.programme_id = me.programme_id
   where h.is_team or not exists (
           select 1 from organisations_membership n join organisations_user x on x.id = n.user_id and x.is_active
            where n.unit_id = h.unit_id and n.role = 'representative'
              and n.starts_on <= (select app_today()) and (n.ends_on is null or n.ends_on >= (select app_today())));

-- A turn that waits in a unit where nobody can read the case: somebody there must be named.
create or replace function lacks_reader(the_case uuid, the_unit uuid, since timestamptz default '-infinity') returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$
  select exists (
    select 1 from cases_turn t join cases_case c on c.id = t.case_id
     where t.case_id = the_case and t.unit_id = the_unit and t.since >= $3
       and not exists (
         select 1 from living_reader r
           join organisations_membership m on m.user_id = r.user_id and m.unit_id = r.unit_id
                and m.starts_on <= app_today() and (m.ends_on is null or m.ends_on >= app_today())
          where r.case_id = t.case_id and r.unit_id = t.unit_id and (t.user_id is null or t.user_id = r.user_id)
            and (m.role = t.role or t.role = 'representative' and c.referring_unit_id <> t.unit_id)))
$$;

-- The protected cases in which the one who asks may name readers: number and programme, and nothing of the person.
create or replace function protected_cases() returns table (
  case_id uuid, number text, programme text, unit_id uuid, unit text, waits boolean, readers jsonb
) language sql stable security definer set search_path = public, pg_temp as
$$
  select c.id, c.number, p.name, u.id, u.name, lacks_reader(c.id, u.id),
         (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'name', x.name, 'until', r.valid_until,
                                                       'reason', r.reason) order by x.name), '[]')
            from living_reader r join organisations_user x on x.id = r.user_id
           where r.case_id = c.id and r.unit_id = u.id)
    from reader_unit n join cases_case c on c.id = n.case_id
    join organisations_programme p on p.id = c.programme_id
    join organisations_unit u on u.id = n.unit_id
   where c.state not in ('closed', 'cancelled')
   order by c.number, u.name
$$;

-- Who is asked to name a reader since *moment*: the representatives of the units that lack one, the team's coordinators.
create or replace function asked_for_readers(the_case uuid, moment timestamptz) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as
$$
  select distinct m.user_id
    from cases_case c join organisations_programme p on p.id = c.programme_id
    join cases_turn t on t.case_id = c.id
    join organisations_membership m on m.starts_on <= app_today() and (m.ends_on is null or m.ends_on >= app_today())
         and (m.role = 'representative' and m.unit_id = t.unit_id and t.unit_id <> p.team_id
              or m.role = 'coordinator' and m.programme_id = p.id and t.unit_id = p.team_id)
    join organisations_user x on x.id = m.user_id and x.is_active
   where c.id = the_case and c.is_protected and lacks_reader(c.id, t.unit_id, moment)
$$;

-- Name somebody in a unit; whoever was named there already reads until the new day. Answers the row.
create or replace function name_reader(
  the_case uuid, the_unit uuid, the_user uuid, the_reason text, the_until date
) returns uuid language plpgsql security definer set search_path = public, pg_temp as
$$
declare made uuid;
begin
  if not exists (select 1 from reader_unit n where n.case_id = the_case and n.unit_id = the_unit)
     or not exists (select 1 from organisations_membership m join organisations_user x on x.id = m.user_id and x.is_active
                     where m.user_id = the_user and m.unit_id = the_unit
                       and m.starts_on <= app_today() and (m.ends_on is null or m.ends_on >= app_today())) then
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
