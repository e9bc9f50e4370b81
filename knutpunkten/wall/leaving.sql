-- Somebody has left, or leaves, and is named for a part of a case: for sub-goals of the plan, for the next step after the
-- meeting. Whoever hands on for their unit names another; the plan and the decision are the team's rows, which no other
-- unit writes. Who may: the unit's representative; its caseworker, in the case they referred; the programme's coordinator,
-- for the team and for a unit whose representative has no account. Answers how many parts were handed on (W3).
create or replace function hand_on_named(the_case uuid, the_unit uuid, leaver uuid, taker uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  of_case record; asker record; takes_for uuid; taker_name text; leaver_name text; sub_goals integer; decisions integer;
begin
  select c.referring_unit_id, p.team_id, c.announced_at, c.notice_confirmed_at into of_case
    from cases_case c join organisations_programme p on p.id = c.programme_id
   where c.id = the_case and exists (select 1 from living_ground g where g.case_id = c.id);
  select m.role, m.unit_id into asker
    from organisations_membership m
   where m.id = app_hat() and m.user_id = app_user() and m.unit_id = any(app_units());
  if of_case is null or asker is null or not (
       asker.role = 'representative' and asker.unit_id = the_unit
       or asker.role = 'caseworker' and asker.unit_id = the_unit and the_unit = of_case.referring_unit_id
       or asker.role = 'coordinator' and asker.unit_id = of_case.team_id
          and (the_unit = of_case.team_id or not exists (
                 select 1 from organisations_membership m join organisations_user x on x.id = m.user_id and x.is_active
                  where m.unit_id = the_unit and m.role = 'representative'
                    and m.starts_on <= app_today() and (m.ends_on is null or m.ends_on >= app_today())))) then
    raise exception 'another hands on for the unit' using errcode = 'insufficient_privilege';
  end if;
  select m.unit_id, x.name into takes_for, taker_name
    from organisations_membership m join organisations_user x on x.id = m.user_id and x.is_active
   where m.user_id = taker
     and (m.unit_id = the_unit or asker.role = 'coordinator' and m.unit_id = of_case.team_id)
     and m.starts_on <= app_today() and (m.ends_on is null or m.ends_on >= app_today())
   order by m.unit_id <> the_unit limit 1;
  select x.name into leaver_name
    from organisations_user x
   where x.id = leaver and exists (select 1 from organisations_membership m where m.user_id = x.id and m.unit_id = the_unit);
  if takes_for is null or leaver_name is null then
    raise exception 'nobody who can go on' using errcode = 'insufficient_privilege';
  end if;
  -- In the version in force, and in one being written: an older one says what was agreed then.
  update plans_subgoal s
     set responsible = taker_name, responsible_unit_id = takes_for
    from plans_goal g join plans_plan p on p.id = g.plan_id
   where g.id = s.goal_id and s.case_id = the_case and s.responsible_unit_id = the_unit and s.responsible = leaver_name
     and s.state in ('not_begun', 'under_way') and s.removed_at is null
     and (p.agreed_on is null
          or p.version = (select max(o.version) from plans_plan o where o.case_id = the_case and o.agreed_on is not null));
  get diagnostics sub_goals = row_count;
  -- Of the round that goes on, likewise: what the group gave before a return was taken up again is over, and so is the
  -- next step once the besked has come through.
  update meetings_decision d
     set responsible_id = taker
   where d.case_id = the_case and d.responsible_id = leaver
     and d.decided_at >= of_case.announced_at and of_case.notice_confirmed_at is null
     and not exists (select 1 from meetings_decision n where n.case_id = d.case_id and n.decided_at > d.decided_at);
  get diagnostics decisions = row_count;
  return sub_goals + decisions;
end
$$;

-- How many open cases lose their caseworker or supervisor with the hats of *the_user* that are over or have a last day,
-- and for whom each waits then (routine/waits.py): a number for each unit, nothing of a case. *last_day* is null when it
-- is over. Who may: the administrator, who ends hats and sees no case.
create or replace function left_behind(the_user uuid)
returns table (unit_id uuid, waits_for text, last_day date, many bigint)
language sql stable security definer set search_path = public, pg_temp as
$$
  with hat as (
    select m.role, m.unit_id, m.programme_id, max(coalesce(m.ends_on, 'infinity')) as last_day
      from organisations_membership m join organisations_user x on x.id = m.user_id and x.is_active
     where m.user_id = the_user and m.starts_on <= app_today() and (m.ends_on is null or m.ends_on >= app_today())
     group by m.role, m.unit_id, m.programme_id
  ), theirs as (
    select c.referring_unit_id as unit_id,
           case when c.state <> 'draft' and exists (
                  select 1 from living_member m where m.unit_id = c.referring_unit_id and m.role = 'representative')
                then 'representative' else 'caseworker' end as waits_for,
           (select max(h.last_day) from hat h where h.role = 'caseworker' and h.unit_id = c.referring_unit_id) as last_day
      from cases_case c
     where c.caseworker_id = the_user and c.state not in ('closed', 'cancelled')
    union all
    select p.team_id, 'coordinator',
           (select max(h.last_day) from hat h where h.role = 'supervisor' and h.programme_id = c.programme_id)
      from cases_case c join organisations_programme p on p.id = c.programme_id
     where c.supervisor_id = the_user and c.state in ('allocated', 'active')
       -- Those the coordinator sees, and so can hand on: also where the consent is lost and the team has its own part left.
       and exists (select 1 from cases_party g
                    where g.case_id = c.id and g.unit_id = p.team_id and g.level >= 1 and g.withdrawn_at is null
                      and g.valid_from <= app_today() and (g.valid_until is null or g.valid_until >= app_today()))
  )
  select t.unit_id, t.waits_for, t.last_day, count(*)
    from theirs t
   where t.last_day is distinct from 'infinity'
     and exists (select 1 from living_member m where m.user_id = app_user() and m.role = 'administrator')
   group by t.unit_id, t.waits_for, t.last_day
   order by t.last_day nulls first, t.waits_for, t.unit_id
$$;
