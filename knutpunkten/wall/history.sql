-- What a row of case data said before it was changed or removed, kept by the database itself: a change made past the
-- application, by the owner's own tools, is kept as well. Which tables, and from when: ``history.py``.

-- Whether a plan is agreed, or once was: then its goals and sub-goals are kept. One that is gone is taken to have been.
create or replace function was_agreed(the_case uuid, the_plan uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$
  select coalesce((select p.agreed_on is not null from plans_plan p where p.id = the_plan), true)
      or exists (select 1 from cases_change c where c.case_id = the_case and c.of_table = 'plans_plan' and c.row_id = the_plan::text)
$$;

-- Argument ``whole``: the row is kept as it stood, not only what is otherwise now. So it is wherever a row is kept from a
-- certain moment on: whoever first takes that away, and then changes the words, has lost none of them.
create or replace function keep_what_was() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare was jsonb; became jsonb; changed jsonb;
begin
  -- A file's content is told by its hash; megabytes of it are not even written out to be compared.
  if tg_table_name = 'documents_storedfile' then
    old.content := '';
    new.content := '';
  end if;
  was := to_jsonb(old);
  became := coalesce(to_jsonb(new), '{}');
  if tg_table_name = 'plans_goal' and not was_agreed((was->>'case_id')::uuid, (was->>'plan_id')::uuid)
     or tg_table_name = 'plans_subgoal' and not was_agreed((was->>'case_id')::uuid,
          (select g.plan_id from plans_goal g where g.id = (was->>'goal_id')::uuid)) then
    return null;
  end if;
  -- Where to find somebody who becomes protected is kept nowhere (W5), so it is not kept here from the beginning.
  if tg_table_name = 'cases_section' and was->>'key' = 'person' then
    was := jsonb_set(was, '{data}', (was->'data') - array['phone', 'mail', 'address']);
    became := jsonb_set(became, '{data}', coalesce(became->'data', '{}'::jsonb) - array['phone', 'mail', 'address']);
  end if;
  select jsonb_object_agg(f.key, f.value) into changed from jsonb_each(was) f
   where tg_op = 'DELETE' or f.value is distinct from became->f.key;
  if changed is not null then
    insert into cases_change (at, case_id, person_id, author_unit_id, of_table, row_id, is_removal, was, by_id, login)
    select app_now(),
           case tg_table_name when 'cases_case' then was->>'id' else was->>'case_id' end::uuid,
           case tg_table_name when 'people_person' then was->>'id' else was->>'person_id' end::uuid,
           coalesce(was->>'author_unit_id', was->>'referring_unit_id')::uuid,
           tg_table_name, coalesce(was->>'id', was->>'ticket_id'), tg_op = 'DELETE',
           case when tg_nargs > 0 then was else changed end, app_user(),
           coalesce(nullif(current_setting('role'), 'none'), session_user);
  end if;
  return null;
end
$$;

-- What is kept goes with its case alone: dispose_case() puts its seal on the transaction in which that is done.
create or replace function history_stays() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  if wall_seal('disposing') is distinct from current_setting('app.disposing', true) then
    raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return null;
end
$$;
