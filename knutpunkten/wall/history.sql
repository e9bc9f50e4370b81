-- What a row of case data said before it was changed or removed, kept by the database itself: a change made past the
-- application, by the owner's own tools, is kept as well. Which tables, and from when: ``history.py``.

-- Whether somebody else could have read the row: a goal and a sub-goal, once their plan is agreed.
create or replace function is_agreed(the_plan uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select 1 from plans_plan where id = the_plan and agreed_on is not null) $$;

create or replace function keep_what_was() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare was jsonb; became jsonb;
begin
  if tg_table_name = 'documents_storedfile' then
    old.content := '';
    new.content := '';
  end if;
  was := to_jsonb(old);
  became := coalesce(to_jsonb(new), '{}');
  if tg_table_name = 'plans_goal' and not is_agreed((was->>'plan_id')::uuid)
     or tg_table_name = 'plans_subgoal'
        and not is_agreed((select g.plan_id from plans_goal g where g.id = (was->>'goal_id')::uuid)) then
    return null;
  end if;
  insert into cases_change (at, case_id, person_id, author_unit_id, of_table, row_id, is_removal, was, by_id, login)
  select app_now(),
         case tg_table_name when 'cases_case' then was->>'id' else was->>'case_id' end::uuid,
         case tg_table_name when 'people_person' then was->>'id' else was->>'person_id' end::uuid,
         coalesce(was->>'author_unit_id', was->>'referring_unit_id')::uuid,
         tg_table_name, coalesce(was->>'id', was->>'ticket_id'), tg_op = 'DELETE', said.words, app_user(),
         coalesce(nullif(current_setting('role'), 'none'), session_user)
    from (select jsonb_object_agg(f.key, f.value) as words from jsonb_each(was) f
           where f.value is distinct from became->f.key) said
   where said.words is not null;
  return null;
end
$$;
