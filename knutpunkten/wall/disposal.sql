-- Disposal (gallring): a case whose time has come is removed with all that was written in it, and so is the key to its
-- rows in the log. The rows stay, sealed as they were, and belong to nobody.

-- When something was last noted in a case: the years are counted from there. A reading is no note, nor a denial, nor this.
create or replace function last_noted(the_case uuid) returns timestamptz
language sql stable security definer set search_path = public, pg_temp as
$$
  select greatest(c.state_since, c.closed_at,
                  (select max(e.at) from audit_entry e
                    where e.case_ref = (select ref from audit_subject where id = c.id)
                      and not e.is_reading and e.event not in ('denied', 'disposed')))
    from cases_case c where c.id = the_case
$$;

-- Why a case is kept: it is open, a consent still holds, or its programme's years have not passed. Null when its time has come.
create or replace function kept_because(the_case uuid) returns text
language sql stable security definer set search_path = public, pg_temp as
$$
  select case when c.state not in ('closed', 'cancelled') then 'open'
              when exists (select 1 from cases_party p
                            where p.case_id = c.id and p.basis = 'consent' and p.withdrawn_at is null
                              and p.valid_until >= app_today()) then 'consent'
              when last_noted(c.id) > app_now() - make_interval(years => g.kept_years) then 'years' end
    from cases_case c join organisations_programme g on g.id = c.programme_id where c.id = the_case
$$;

-- Who disposes: an administrator, who sees no case and needs to see none.
create or replace function app_administers() returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$
  select exists (select 1 from organisations_membership m
                  where m.id = app_hat() and m.user_id = app_user() and m.role = 'administrator'
                    and m.starts_on <= app_today() and (m.ends_on is null or m.ends_on >= app_today()))
$$;

-- The cases whose time has come: by number, and nothing of the person.
create or replace function cases_to_dispose() returns table (number text, programme text, noted_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as
$$
  select c.number, g.name, last_noted(c.id)
    from cases_case c join organisations_programme g on g.id = c.programme_id
   where app_administers() and c.state in ('closed', 'cancelled')
     and c.state_since <= app_now() - make_interval(years => g.kept_years)
     and kept_because(c.id) is null
   order by 3, 1
$$;

-- What the case has in the figures is kept there as counts: a number that has been told stays the same.
create or replace function keep_figures(the_case uuid) returns void
language sql volatile security definer set search_path = public, pg_temp as
$$
  with years as (
    select c.programme_id, y.year
      from cases_case c
     cross join generate_series(extract(year from c.created_at)::integer - 1, extract(year from app_now())::integer) y (year)
     where c.id = the_case
  ), told as materialized (
    select y.*, f.* from years y cross join lateral live_figures(y.programme_id, y.year, null) f
  ), without as materialized (
    select y.*, f.* from years y cross join lateral live_figures(y.programme_id, y.year, the_case) f
  )
  insert into statistics_kept (programme_id, year, part, what, number, people)
  select programme_id, year, part, what, t.number - coalesce(w.number, 0), t.people - coalesce(w.people, 0)
    from told t left join without w using (programme_id, year, part, what)
   where part <> 'open' and (t.number, t.people) is distinct from (coalesce(w.number, 0), coalesce(w.people, 0))
  on conflict (programme_id, year, part, what) do update
     set number = statistics_kept.number + excluded.number, people = statistics_kept.people + excluded.people
$$;

-- A participant's own account, with all that is theirs alone. Whoever is staff as well keeps it.
create or replace function remove_account(the_account uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare one text;
begin
  if the_account is null or exists (select 1 from organisations_membership where user_id = the_account) then
    return;
  end if;
  foreach one in array array['accounts_keptwords', 'accounts_invitation', 'accounts_agencyidentity', 'mfa_authenticator',
                             'account_emailaddress', 'notices_notice', 'notices_mail'] loop
    execute format('delete from %I where user_id = $1', one) using the_account;
  end loop;
  delete from organisations_user where id = the_account;
end
$$;

-- Remove the case: every row of it in every table, the key to its rows in the log, and with their last case the person,
-- their key and their account. Answers how many rows and keys went. A table that is new and names a case joins by itself.
create or replace function dispose_case(the_case uuid) returns table (removed bigint, keys bigint)
language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  the_person uuid; the_account uuid; is_last boolean; why text; one regclass; gone bigint;
begin
  if not app_administers() then
    raise exception 'an administrator disposes' using errcode = 'insufficient_privilege';
  end if;
  -- Two of the same person's wait for each other: the last takes the person along.
  select p.id, p.account_id into the_person, the_account
    from people_person p join cases_case c on c.person_id = p.id where c.id = the_case for update of p, c;
  why := kept_because(the_case);
  if the_person is null or why is not null then
    raise exception 'kept: %', coalesce(why, 'gone') using errcode = 'object_not_in_prerequisite_state';
  end if;
  is_last := not exists (select 1 from cases_case where person_id = the_person and id <> the_case);
  perform keep_figures(the_case);
  perform set_config('app.disposing', wall_seal('disposing'), true);  -- see history_stays()
  delete from audit_subject where id = the_case or id = the_person and is_last;
  get diagnostics keys = row_count;
  removed := 0;
  for one in
    select t.oid from pg_class t join pg_attribute a on a.attrelid = t.oid
     where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and a.attname = 'case_id' and not a.attisdropped
     order by t.relname <> 'cases_change'  -- first: what is removed after it writes there, and is no row of the case
  loop
    execute format('delete from %s where case_id = $1', one) using the_case;
    get diagnostics gone = row_count;
    removed := removed + gone;
  end loop;
  -- What somebody had typed on a page of the case, and not sent.
  delete from accounts_keptwords where path like '%' || the_case || '%';
  delete from cases_case where id = the_case;
  removed := removed + 1;
  if is_last then
    delete from people_person where id = the_person;
    removed := removed + 1;
    perform remove_account(the_account);
  end if;
  -- To remove is to change: nor does what those rows said stay.
  delete from cases_change where case_id = the_case or case_id is null and person_id = the_person and is_last;
  perform set_config('app.disposing', '', true);
  -- Whatever still points at what is gone stops it here, and then nothing is gone.
  set constraints all immediate;
  return next;
end
$$;
