-- Everything the database itself knows about who may see what, except the policies (tables.py).
-- Run as the owner after every migrate; each statement can be run again.

-- What only the owner reads: the hash of the key that the application shows when it says who asks, and the secret that
-- seals what it said. SQL that somebody slips into a request knows neither, so it can be nobody else than it is.
create table if not exists wall_secret (
  is_the_one boolean primary key default true check (is_the_one),
  key_hash bytea not null default '',
  secret bytea not null default sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
);

-- The seal on *words*, good in this transaction only.
create or replace function wall_seal(words text) returns text
language sql stable security definer set search_path = public, pg_temp as
$$
  select encode(sha256(w.secret || convert_to(concat(pg_backend_pid(), '|', extract(epoch from transaction_timestamp()), '|', words), 'UTF8')), 'hex')
    from wall_secret w
$$;

create or replace function wall_opens(the_key text) returns void
language plpgsql stable security definer set search_path = public, pg_temp as
$$
begin
  perform from wall_secret where key_hash = sha256(convert_to(coalesce(the_key, ''), 'UTF8'));
  if not found then
    raise exception 'the key is not the one the wall was raised with' using errcode = 'insufficient_privilege';
  end if;
end
$$;

-- Who is asking, as begin_as() said for this transaction: user|hat|units|moment. No setting means nobody, no unit,
-- nothing; a setting without its seal was not made by begin_as(). Asked several times by every statement: so the
-- seal is written out here once more, for a call inside would cost more than all the rest.
create or replace function app_asks() returns text language plpgsql stable security definer set search_path = public, pg_temp as
$$
declare asks text := current_setting('app.asks', true);
begin
  if coalesce(asks, '') = '' then
    return null;
  elsif (select encode(sha256(w.secret || convert_to(
           concat(pg_backend_pid(), '|', extract(epoch from transaction_timestamp()), '|', asks), 'UTF8')), 'hex')
           from wall_secret w) is distinct from current_setting('app.seal', true) then
    raise exception 'who asks is not sealed' using errcode = 'insufficient_privilege';
  end if;
  return asks;
end
$$;

create or replace function app_user() returns uuid language sql stable as
$$ select nullif(split_part(app_asks(), '|', 1), '')::uuid $$;

-- The membership whose hat is worn; null for nobody, and for the participant.
create or replace function app_hat() returns uuid language sql stable as
$$ select nullif(split_part(app_asks(), '|', 2), '')::uuid $$;

create or replace function app_units() returns uuid[] language sql stable as
$$ select coalesce(nullif(split_part(app_asks(), '|', 3), '')::uuid[], '{}') $$;

-- Only seeding and tests begin at another moment than now; then, and only then, the setting is there to be read.
create or replace function app_now() returns timestamptz language sql stable as
$$
  select case when coalesce(current_setting('app.asks', true), '') ~ '[^|]$' then split_part(app_asks(), '|', 4)::timestamptz
              else now() end
$$;

create or replace function app_today() returns date language sql stable as
$$ select (app_now() at time zone 'Europe/Stockholm')::date $$;

-- The one case that the routine moves in this transaction, if any: sealed likewise, by mark_case().
create or replace function engine_case() returns uuid language plpgsql stable security definer set search_path = public, pg_temp as
$$
declare marked text := current_setting('app.engine', true);
begin
  if coalesce(marked, '') = '' then
    return null;
  elsif wall_seal('engine ' || marked) is distinct from current_setting('app.engine_seal', true) then
    raise exception 'the routine''s mark is not sealed' using errcode = 'insufficient_privilege';
  end if;
  return marked::uuid;
end
$$;

create or replace function mark_case(the_case uuid, the_key text) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  perform wall_opens(the_key);
  perform set_config('app.engine', coalesce(the_case::text, ''), true);
  perform set_config('app.engine_seal', wall_seal('engine ' || coalesce(the_case::text, '')), true);
end
$$;

-- Protected identity (W5): those named to read a case, whose time has not run out.
create or replace view living_reader as
  select id, case_id, unit_id, user_id, reason, valid_until
    from protection_namedreader
   where ended_at is null and valid_from <= (select app_today()) and valid_until >= (select app_today());

-- The protected cases that the one who asks is named to read, under the hat they wear.
create or replace function app_reads() returns uuid[]
language sql stable security definer set search_path = public, pg_temp as
$$
  select coalesce(array_agg(case_id), '{}') from living_reader
   where user_id = app_user() and unit_id = any(app_units())
$$;

-- The ground itself, in one place (design.md, "Access: a ground, or nothing"). Policies read it;
-- it reads the parties as its owner, so that the parties' own policy can use it too.
create or replace view living_ground as
  select case_id, person_id, unit_id, basis, categories, level
    from cases_party
   where holder = any((select app_units())::uuid[])
     and level >= 1
     and withdrawn_at is null
     and valid_from <= (select app_today())
     and (valid_until is null or valid_until >= (select app_today()))
     and (not is_protected or unit_id is null or case_id = any((select app_reads())::uuid[]));

-- The request begins: who, under which hat, and (for seeding and tests) when. Answers the hats, and what day it is.
-- *the_key* shows that it is the application that says so.
drop function if exists begin_as(uuid, text, timestamptz);
create or replace function begin_as(who uuid, chosen text, moment timestamptz, the_key text) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  hats jsonb; hat jsonb; self uuid; asks text;
  today date := (coalesce(moment, now()) at time zone 'Europe/Stockholm')::date;
begin
  perform wall_opens(the_key);
  select p.id into self from people_person p where p.account_id = who;
  select coalesce(jsonb_agg(jsonb_build_object(
           'id', m.id, 'role', m.role, 'unit_id', m.unit_id, 'unit', coalesce(u.name, ''),
           'agency', coalesce(a.name, s.name, ''), 'mark', coalesce(a.mark, ''), 'kind', coalesce(a.kind, ''),
           'programme_id', m.programme_id, 'programme', coalesce(g.name, ''), 'association_id', m.association_id)
           order by m.starts_on, m.id), '[]')
    into hats
    from organisations_membership m
    join organisations_user x on x.id = m.user_id and x.is_active
    left join organisations_unit u on u.id = m.unit_id
    left join organisations_agency a on a.id = u.agency_id
    left join organisations_programme g on g.id = m.programme_id
    left join organisations_association s on s.id = m.association_id
   where m.user_id = who and m.starts_on <= today and (m.ends_on is null or m.ends_on >= today)
     -- The team's unit opens every case of its programme: its own two roles stand there, and no other.
     and case when m.role in ('coordinator', 'supervisor') then g.team_id = m.unit_id
              else not exists (select 1 from organisations_programme t where t.team_id = m.unit_id) end;
  if self is not null then
    hats := hats || jsonb_build_array(jsonb_build_object('id', null, 'role', 'participant'));
  end if;
  select h into hat from jsonb_array_elements(hats) h where coalesce(h->>'id', 'None') = chosen;
  hat := coalesce(hat, hats->0);
  asks := concat(who, '|', hat->>'id', '|', case
    when hat->>'role' = 'participant' then array[self]::text
    when hat->>'unit_id' is not null then array[(hat->>'unit_id')::uuid]::text
    end, '|', moment);
  perform set_config('app.asks', asks, true);
  perform set_config('app.seal', wall_seal(asks), true);
  return jsonb_build_object('hats', hats, 'hat', hat->>'id', 'person_id', self, 'reads', to_jsonb(app_reads()),
                            'today', today);
end
$$;

-- A person is made only here: a plain insert on a number known elsewhere would fail, and its error
-- would tell that it is known. Answers the person's id whether new or known.
drop function if exists people_register(text, text, text, text, text, text, text);
drop function if exists people_register(text, text, text, text);
create or replace function people_register(the_number text, the_kind text, the_reason text)
returns uuid language plpgsql security definer set search_path = public, pg_temp as
$$
declare found uuid;
begin
  insert into people_person (id, number, kind, unknown_reason, protection)
  values (gen_random_uuid(), the_number, the_kind, the_reason, 'none')
  on conflict (number) do nothing
  returning id into found;
  if found is null then
    select id into found from people_person where number = the_number;
  end if;
  return found;
end
$$;

create or replace function next_in_series(the_series text) returns integer
language sql security definer set search_path = public, pg_temp as
$$
  insert into cases_numberseries (series, last) values (the_series, 1)
  on conflict (series) do update set last = cases_numberseries.last + 1
  returning last
$$;

-- Who writes always sees it, and the person is a party to their own life: both from the case's first moment.
create or replace function case_grounds() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  insert into cases_party (id, case_id, person_id, unit_id, basis, categories, level, valid_from, answer, case_created_at)
  values (gen_random_uuid(), new.id, new.person_id, new.referring_unit_id, 'own', '{}', 1,
          (new.created_at at time zone 'Europe/Stockholm')::date, '', new.created_at),
         (gen_random_uuid(), new.id, new.person_id, null, 'self',
          '{grund,social,halsa,arbete,arbetsmarknad,planering}', 2,
          (new.created_at at time zone 'Europe/Stockholm')::date, '', new.created_at);
  return null;
end
$$;

-- A unit that writes in a case keeps its sight of what it wrote.
create or replace function author_ground() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  -- It nearly always has one: looking is much cheaper than trying to insert.
  if exists (select 1 from cases_party p
              where p.case_id = new.case_id and p.unit_id = new.author_unit_id and p.consent_id is null) then
    return null;
  end if;
  insert into cases_party (id, case_id, person_id, unit_id, basis, categories, level, valid_from, answer, case_created_at)
  select gen_random_uuid(), c.id, c.person_id, new.author_unit_id, 'own', '{}', 1,
         app_today(), '', c.created_at
    from cases_case c where c.id = new.case_id
  on conflict (case_id, unit_id, consent_id) do nothing;
  return null;
end
$$;

-- Only the routine's engine moves a case: it marks its transaction for the one case it holds locked.
create or replace function case_moves() returns trigger language plpgsql as
$$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'draft' then
      raise exception 'a case begins as a draft' using errcode = 'check_violation';
    end if;
  elsif ((new.state, new.version) is distinct from (old.state, old.version)
         -- The milestones are the routine's too; only the owner, who migrates, may mend one by hand.
         or current_user in ('knutpunkten_app', 'knutpunkten_worker'))
        and engine_case() is distinct from old.id then
    raise exception 'only the routine moves a case' using errcode = 'check_violation';
  elsif (new.person_id, new.referring_unit_id, new.programme_id, new.kind)
        is distinct from (old.person_id, old.referring_unit_id, old.programme_id, old.kind)
        or (new.first_name, new.last_name) is distinct from (old.first_name, old.last_name)
           and current_user in ('knutpunkten_app', 'knutpunkten_worker')
        -- A case gets another number only as its person becomes protected (protect_case).
        or (new.number, new.protection, new.is_protected) is distinct from (old.number, old.protection, old.is_protected)
           and current_user in ('knutpunkten_app', 'knutpunkten_worker') then
    raise exception 'whose case it is never changes' using errcode = 'check_violation';
  end if;
  if tg_op = 'UPDATE' and new.version <> old.version then
    -- A mark is for one move: its seal goes too, or the mark could be set again.
    perform set_config('app.engine', '', true), set_config('app.engine_seal', '', true);
  end if;
  return new;
end
$$;

-- A ground opens further, or is asked anew, only as the routine moves; and what the person took back stays taken back.
create or replace function party_changes() returns trigger language plpgsql as
$$
begin
  if old.withdrawn_at is not null
     and (new.withdrawn_at, new.withdrawn_how, new.withdrawn_taken_by, new.withdrawn_by_id)
         is distinct from (old.withdrawn_at, old.withdrawn_how, old.withdrawn_taken_by, old.withdrawn_by_id) then
    raise exception 'a withdrawal is never undone' using errcode = 'check_violation';
  elsif current_user in ('knutpunkten_app', 'knutpunkten_worker')
        and (new.level, new.answer, new.answered_at) is distinct from (old.level, old.answer, old.answered_at)
        and engine_case() is distinct from old.case_id then
    raise exception 'only the routine opens a ground' using errcode = 'check_violation';
  end if;
  return new;
end
$$;

-- Nobody gives themself a role near cases, or the review of the log: whoever has one may end it, and no more.
create or replace function role_of_another() returns trigger language plpgsql as
$$
begin
  if current_user in ('knutpunkten_app', 'knutpunkten_worker') and new.user_id = app_user()
     and (new.unit_id is not null or new.role = 'reviewer')
     and (tg_op = 'INSERT'
          or (new.user_id, new.role, new.unit_id, new.programme_id, new.association_id)
             is distinct from (old.user_id, old.role, old.unit_id, old.programme_id, old.association_id)
          or coalesce(new.ends_on, 'infinity') > coalesce(old.ends_on, 'infinity')) then
    raise exception 'another gives a role near cases or the log' using errcode = 'check_violation';
  end if;
  return new;
end
$$;

drop function if exists is_protected(uuid);

-- The status: a projection of the case without the person, kept by the database alone.
create or replace function case_status() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  insert into cases_status (case_id, number, kind, programme_id, referring_unit_id, team_id, state,
                            next_step, turn_role, turn_unit_id, turn_user_id, turn_since, due_on, consent_until, is_protected)
  select new.id, new.number, new.kind, new.programme_id, new.referring_unit_id, p.team_id, new.state,
         new.next_step, new.turn_role, new.turn_unit_id, new.turn_user_id, new.turn_since, new.due_on,
         new.consent_until, new.is_protected
    from organisations_programme p where p.id = new.programme_id
  on conflict (case_id) do update set
    state = excluded.state, next_step = excluded.next_step, turn_role = excluded.turn_role,
    turn_unit_id = excluded.turn_unit_id, turn_user_id = excluded.turn_user_id,
    turn_since = excluded.turn_since, due_on = excluded.due_on, consent_until = excluded.consent_until,
    number = excluded.number, is_protected = excluded.is_protected;
  return null;
end
$$;

-- A number for a protected person's case: drawn at random, so that it tells neither when nor in what order.
create or replace function protected_number() returns text
language plpgsql volatile security definer set search_path = public, pg_temp as
$$
declare drawn text; digits integer := 4;
begin
  loop
    drawn := 'KP-' || lpad(floor(random() * 10 ^ digits)::int::text, digits, '0');
    exit when not exists (select 1 from cases_case where number = drawn);
    digits := least(digits + 1, 8);  -- where four are hard to find free, more digits are as silent
  end loop;
  return drawn;
end
$$;

-- A withdrawal is written down by whoever takes the call, even one who may not read the consent (W1).
create or replace function withdraw_consents(
  the_case uuid, moment timestamptz, how text, taken_by text, who uuid
) returns void language sql security definer set search_path = public, pg_temp as
$$
  update consents_consent
     set withdrawn_at = moment, withdrawn_how = how, withdrawn_taken_by = taken_by, withdrawn_by_id = who
   where case_id = the_case and withdrawn_at is null and signed_on is not null
     and valid_until >= (moment at time zone 'Europe/Stockholm')::date
     and exists (select 1 from living_ground g where g.case_id = the_case)
$$;

-- An open offer is answered, or falls, also when no consent is left and neither side may read it any
-- more: the place must not stand still for that. Answers the offer and its place; no row if no offer was open.
create or replace function answer_open_offer(
  the_case uuid, the_answer text, moment timestamptz
) returns table (offer_id uuid, place_id uuid) language sql security definer set search_path = public, pg_temp as
$$
  update queue_offer
     set answer = the_answer, answered_at = moment
   where case_id = the_case and answer = ''
     and exists (select 1 from living_ground g where g.case_id = the_case)
  returning id, place_id
$$;

-- The case ends before its first meeting, or it is booked anew: the accounts invited to it, for who ends it need not read
-- what the team planned.
-- Those alone that may know of it still: the two responsible, and representatives of units whose part holds (W1).
create or replace function invited_in_vain(the_case uuid, moment timestamptz) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as
$$
  select distinct x.id
    from cases_case c
    join first_meeting_firstmeeting f on f.case_id = c.id and f.cancelled_at is null and f.held_on is null
     and f.starts_at > moment
    cross join jsonb_to_recordset(f.invited) as guest("user" uuid)
    join organisations_user x on x.id = guest."user" and x.is_active
   where c.id = the_case and engine_case() = the_case
     and exists (select 1 from living_ground g where g.case_id = c.id)
     and (x.id in (c.caseworker_id, c.supervisor_id)
          or exists (select 1 from organisations_membership m join cases_party p on p.unit_id = m.unit_id
                      where m.user_id = x.id and m.role = 'representative'
                        and m.starts_on <= app_today() and (m.ends_on is null or m.ends_on >= app_today())
                        and p.case_id = c.id and p.basis = 'consent' and p.level >= 1 and p.withdrawn_at is null
                        and p.valid_from <= app_today() and p.valid_until >= app_today()))
$$;

-- What the representative of a unit without an account says of its referral, written down by the coordinator
-- as the routine sends it back: the unit's own words, which nobody else reads, not even the one who wrote.
create or replace function say_to_unit(the_case uuid, the_words jsonb, moment timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  insert into cases_section (id, case_id, key, category, author_unit_id, data, is_done, version, saved_at, saved_by_id)
  select gen_random_uuid(), c.id, 'sent_back', 'grund', c.referring_unit_id, the_words, true, 1, moment, app_user()
    from cases_case c join organisations_programme p on p.id = c.programme_id
   where c.id = the_case and engine_case() = the_case
     and p.team_id = any(app_units())
     and exists (select 1 from living_ground g where g.case_id = c.id)
     and exists (select 1 from organisations_membership m
                  where m.id = app_hat() and m.role = 'coordinator' and m.programme_id = p.id)
     and not exists (select 1 from organisations_membership m join organisations_user x on x.id = m.user_id
                      where m.unit_id = c.referring_unit_id and m.role = 'representative' and x.is_active
                        and m.starts_on <= app_today() and (m.ends_on is null or m.ends_on >= app_today()))
  on conflict (case_id, key) do update
     set data = excluded.data, saved_at = excluded.saved_at, saved_by_id = excluded.saved_by_id,
         version = cases_section.version + 1;
  if not found then
    raise exception 'nothing can be said here for the unit' using errcode = 'insufficient_privilege';
  end if;
end
$$;

-- Under which role the one who asks reads the programme's figures: its coordinator, or the association that part-funds
-- it. Null for everybody else.
drop function if exists may_see_figures(uuid);
create or replace function reads_figures_as(the_programme uuid) returns text
language sql stable security definer set search_path = public, pg_temp as
$$
  select m.role
    from organisations_membership m
    join organisations_programme p on p.id = the_programme
   where m.id = app_hat() and m.user_id = app_user()
     and m.starts_on <= app_today() and (m.ends_on is null or m.ends_on >= app_today())
     and (m.role = 'association' and m.association_id = p.association_id
          or m.role = 'coordinator' and m.programme_id = p.id)
$$;

-- What a programme's cases count for in a year, but for one of them: rows of (part, what, how many, of how many people).
-- Days waited are told day by day, so that what is kept of cases that are no more can be counted with them.
create or replace function live_figures(the_programme uuid, the_year integer, but_for uuid)
returns table (part text, what text, number bigint, people bigint)
language sql stable security definer set search_path = public, pg_temp as
$$
  with mine as materialized (
    select * from cases_case where programme_id = the_programme and id is distinct from but_for
  ), year as (
    select make_timestamptz(the_year, 1, 1, 0, 0, 0, 'Europe/Stockholm') as first,
           make_timestamptz(the_year + 1, 1, 1, 0, 0, 0, 'Europe/Stockholm') as next
  ), waited as (
    select d.case_id, c.placed_at::date - min(d.decided_at)::date as days
      from meetings_decision d join mine c on c.id = d.case_id, year y
     where d.which = 'queue' and c.placed_at >= y.first and c.placed_at < y.next
     group by d.case_id, c.placed_at
  ), came as (
    select a.case_id, a.came, a.minutes
      from activities_attendance a join mine c on c.id = a.case_id
      join activities_session s on s.id = a.session_id
     where extract(year from s.on_date) = the_year and s.cancelled_at is null and a.came <> ''
  )
  select 'open', state, count(*), count(distinct person_id)
    from mine where kind = 'collaboration' and state not in ('draft', 'returned', 'closed', 'cancelled') group by state
  union all
  select 'decided', d.which, count(*), count(distinct c.person_id)
    from meetings_decision d join mine c on c.id = d.case_id, year y
   where c.kind = 'collaboration' and d.which <> 'later' and d.decided_at >= y.first and d.decided_at < y.next
   group by d.which
  union all
  select 'advised', '', count(*), count(distinct person_id)
    from mine, year y
   where kind = 'consultation' and state = 'closed' and closed_at >= y.first and closed_at < y.next
  union all
  select 'cancelled', '', count(*), count(distinct person_id)
    from mine, year y
   where kind = 'collaboration' and state = 'cancelled' and handed_over_at is not null
     and closed_at >= y.first and closed_at < y.next
  union all
  select 'waited', days::text, count(*), count(*) from waited group by days
  union all
  select 'outcome', e.outcome, count(*), count(distinct c.person_id)
    from closing_closing e join mine c on c.id = e.case_id, year y
   where c.state = 'closed' and c.closed_at >= y.first and c.closed_at < y.next
   group by e.outcome
  union all
  select 'came', came, count(*), count(distinct case_id) from came group by came
  union all
  select 'minutes', '', coalesce(sum(minutes), 0), count(distinct case_id) from came
$$;

-- What a programme's cases count for in a year, with what is kept of those that are no more.
create or replace function figures_now(the_programme uuid, the_year integer)
returns table (part text, what text, number bigint, people bigint)
language sql stable security definer set search_path = public, pg_temp as
$$
  with counted as materialized (
    select c.part, c.what, sum(c.number)::bigint as number, sum(c.people)::bigint as people
      from (select * from live_figures(the_programme, the_year, null)
            union all
            select k.part, k.what, k.number, k.people from statistics_kept k
             where k.programme_id = the_programme and k.year = the_year) c
     group by c.part, c.what
  )
  select c.part, c.what, c.number, c.people from counted c where c.part <> 'waited'
  union all
  select 'waited', 'median', percentile_disc(0.5) within group (order by c.what::integer), count(*)
    from counted c cross join generate_series(1, c.number) where c.part = 'waited'
$$;

-- Counts over the secrecy of a whole programme, and nothing but counts: a programme and a year go in, and what its
-- cases count for comes out, with the day it was counted. The association reads the month's count and never today's:
-- two counts a day apart tell what happened in between. Nothing for those it is not for.
drop function if exists programme_figures(uuid, integer);
create or replace function programme_figures(the_programme uuid, the_year integer)
returns table (part text, what text, number bigint, people bigint, counted_on date)
language sql stable security definer set search_path = public, pg_temp as
$$
  select f.part, f.what, f.number, f.people, app_today()
    from figures_now(the_programme, the_year) f where reads_figures_as(the_programme) = 'coordinator'
  union all
  select c.part, c.what, c.number, c.people, c.counted_on
    from statistics_counted c
   where c.programme_id = the_programme and c.year = the_year and reads_figures_as(the_programme) = 'association'
$$;

-- Count a programme anew for the association, unless it is counted this month already; whether it was. One count is
-- kept: nobody can lay an older one beside it.
create or replace function count_figures(the_programme uuid, the_years integer[], today date) returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as
$$
begin
  if exists (select 1 from statistics_counted
              where programme_id = the_programme and counted_on >= date_trunc('month', today)::date) then
    return false;
  end if;
  delete from statistics_counted where programme_id = the_programme;
  insert into statistics_counted (programme_id, year, part, what, number, people, counted_on)
  select the_programme, y.year, f.part, f.what, coalesce(f.number, 0), f.people, today
    from unnest(the_years) y (year) cross join lateral figures_now(the_programme, y.year) f;
  return true;
end
$$;

-- Accounts that belong to participants: that somebody is one is about a case, so the administrator's
-- list of accounts leaves them out. Answers the administrator only.
create or replace function participant_accounts() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as
$$
  select p.account_id from people_person p
   where p.account_id is not null
     and exists (select 1 from organisations_membership m
                  where m.user_id = app_user() and m.role = 'administrator'
                    and m.starts_on <= app_today() and (m.ends_on is null or m.ends_on >= app_today()))
$$;

-- A participant gets an account of their own. Who may call: the supervisor who works with the person now.
-- Only once, and only to an account that is nobody else's and has no part among the staff.
create or replace function people_link_account(the_person uuid, the_account uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  update people_person p
     set account_id = the_account
   where p.id = the_person and p.account_id is null
     and exists (select 1 from living_ground g join cases_case c on c.id = g.case_id
                  where g.person_id = p.id and c.supervisor_id = app_user()
                    and c.state in ('allocated', 'active') and g.basis = 'consent')
     and not exists (select 1 from organisations_membership m where m.user_id = the_account);
  if not found then
    raise exception 'no account can be linked here' using errcode = 'insufficient_privilege';
  end if;
end
$$;

-- The reference by which a case or person stands in the audit, for looking up; null if it has none.
create or replace function audit_ref(the_subject uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp as
$$ select ref from audit_subject where id = the_subject $$;

-- The same for writing: made the first time. Of what does not exist there is none, so that an address
-- somebody made up leaves no key behind.
create or replace function audit_reference(the_kind text, the_subject uuid) returns uuid
language plpgsql volatile security definer set search_path = public, pg_temp as
$$
declare found uuid;
begin
  if the_subject is null then
    return null;
  end if;
  select ref into found from audit_subject where id = the_subject;
  if found is null then
    insert into audit_subject (id, kind, ref)
    select id, the_kind, gen_random_uuid() from cases_case where id = the_subject and the_kind = 'case'
    union all
    select id, the_kind, gen_random_uuid() from people_person where id = the_subject and the_kind = 'person'
    on conflict (id) do nothing;
    select ref into found from audit_subject where id = the_subject;
  end if;
  return found;
end
$$;

-- When a row came is the server's own word, whatever the statement said.
create or replace function audit_stamped() returns trigger language plpgsql as
$$ begin new.recorded_at := clock_timestamp(); return new; end $$;

-- Added to, never changed: also for the owner, whose ordinary tools stop here. Whoever takes the trigger
-- away can change a row, and not the seal it is under.
create or replace function only_grows() returns trigger language plpgsql as
$$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

-- Since when a row of the log waits for its seal; null where none does. For a check that the worker goes.
create or replace function unsealed_since() returns timestamptz
language sql stable security definer set search_path = public, pg_temp as
$$
  select e.recorded_at from audit_entry e
   where e.recorded_at >= coalesce((select sealed_at from audit_seal order by number desc limit 1) - interval '1 hour', '-infinity')
     and not exists (select 1 from audit_sealed s where s.entry_id = e.id)
   order by e.recorded_at limit 1
$$;

-- What a job may carry: identifiers, and the moment it was meant for. Never a name or an identity number.
create or replace function carries_ids_only(args jsonb) returns boolean language sql immutable as
$$
  select coalesce(bool_and(case jsonb_typeof(value)
           when 'string' then value #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
           when 'number' then key = 'timestamp'
           else jsonb_typeof(value) in ('boolean', 'null') end), true)
    from jsonb_each(args)
$$;

-- What has been shared in a case, and nothing of what it says: for the person, and for the unit that referred them,
-- which prints it for whoever has no account. Also when the consent is taken back: then it is asked for most.
drop function if exists shared_in(uuid);
create or replace function shared_in(the_case uuid)
returns table (what text, category text, unit_id uuid, agency text, unit text, mark text, kind text,
               by_name text, at timestamptz, under uuid, since timestamptz, only_for uuid)
language sql stable security definer set search_path = public, pg_temp as
$$
  with asked as (
    select c.id from cases_case c
     where c.id = the_case
       and exists (select 1 from living_ground g
                    where g.case_id = c.id and (g.basis = 'self' or c.referring_unit_id = any(app_units())))
  ), written as (
    select case s.key when 'cancelled' then 'ended' else 'referral' end as what, s.category, s.author_unit_id, s.disclosed_by_id, s.disclosed_at, s.disclosed_under, s.only_for_id
      from cases_section s join asked on asked.id = s.case_id where s.disclosed_at is not null
       -- A part that was left empty goes along when the referral is handed over: nothing of it is shared.
       and exists (select 1 from jsonb_each(s.data) as said where said.value not in ('""', '[]', '{}', 'null'))
    union all
    select 'knowledge', k.category, k.author_unit_id, k.disclosed_by_id, k.disclosed_at, k.disclosed_under, null
      from meetings_knowledge k join asked on asked.id = k.case_id where k.disclosed_at is not null
    union all
    select 'file', f.category, f.author_unit_id, f.disclosed_by_id, f.disclosed_at, f.disclosed_under, null
      from documents_storedfile f join asked on asked.id = f.case_id where f.disclosed_at is not null
    union all
    select 'mapping', m.category, m.author_unit_id, m.disclosed_by_id, m.disclosed_at, m.disclosed_under, null
      from plans_mappingarea m join asked on asked.id = m.case_id where m.disclosed_at is not null
    union all
    -- From here on: written to the case itself, and so shared when it is written.
    select 'decision', 'grund', d.author_unit_id, d.decided_by_id, d.decided_at, null, null
      from meetings_decision d join asked on asked.id = d.case_id
    union all
    select 'advice', 'grund', a.author_unit_id, a.recorded_by_id, a.recorded_at, null, null
      from consultations_advice a join asked on asked.id = a.case_id
    union all
    select 'service_decision', 'grund', d.author_unit_id, d.recorded_by_id, d.recorded_at, null, null
      from first_meeting_servicedecision d join asked on asked.id = d.case_id
    union all
    select 'first_meeting', 'planering', f.author_unit_id, f.booked_by_id, f.booked_at, null, null
      from first_meeting_firstmeeting f join asked on asked.id = f.case_id
    union all
    select 'plan', 'planering', p.author_unit_id, p.begun_by_id, p.begun_at, null, null
      from plans_plan p join asked on asked.id = p.case_id where p.agreed_on is not null
    union all
    select 'attendance', 'planering', t.author_unit_id, t.recorded_by_id, t.recorded_at, null, null
      from activities_attendance t join asked on asked.id = t.case_id
    union all
    select 'placement', 'planering', l.author_unit_id, l.recorded_by_id, l.recorded_at, null, null
      from activities_placement l join asked on asked.id = l.case_id
    union all
    select 'follow_up', 'planering', u.author_unit_id, u.recorded_by_id, u.recorded_at, null, null
      from followup_followup u join asked on asked.id = u.case_id
    union all
    select 'report', 'planering', e.author_unit_id, e.saved_by_id, e.handed_over_at, null, null
      from closing_closing e join asked on asked.id = e.case_id where e.handed_over_at is not null
  ), logged as (
    -- What is given out anew is written over: the first time is in the log.
    select case e.event when 'disclose' then 'knowledge' when 'mapping_disclosed' then 'mapping'
                        when 'placement_planned' then 'placement' else 'referral' end as what,
           e.category, e.unit_id, min(e.at) as at
      from audit_entry e join asked on e.case_ref = audit_ref(asked.id)
     where not e.is_reading and e.event in ('disclose', 'mapping_disclosed', 'placement_planned',
                                            'hand_over', 'hand_over_directly', 'hand_over_consultation')
     group by 1, 2, 3
  )
  select distinct on (w.what, w.category, w.author_unit_id)
         w.what, w.category, u.id, a.name, u.name, a.mark, a.kind, coalesce(x.name, ''), w.disclosed_at, w.disclosed_under,
         least(min(w.disclosed_at) over (partition by w.what, w.category, w.author_unit_id),
               (select min(l.at) from logged l
                 where l.unit_id = w.author_unit_id and l.category in ('', w.category)
                   and l.what = case w.what when 'file' then 'knowledge' else w.what end)),
         w.only_for_id
    from written w
    join organisations_unit u on u.id = w.author_unit_id
    join organisations_agency a on a.id = u.agency_id
    left join organisations_user x on x.id = w.disclosed_by_id
   order by w.what, w.category, w.author_unit_id, w.disclosed_at desc
$$;

-- Whether the one who asks has opened the case since then: they know of it, and may be told that it has closed (W1).
-- Why somebody was away is read in the week's list, where no case is opened. Of a protected person's case nobody is told
-- anything (W5).
create or replace function had_it_open(the_case uuid, since timestamptz) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$
  select exists (select 1 from audit_entry
                  where case_ref = audit_ref(the_case) and is_reading and at > since and user_id = app_user()
                    and detail->>'what' is distinct from 'attendance')
     and not exists (select 1 from cases_case where id = the_case and is_protected)
$$;

-- A person rings and takes the consent back, and whoever answers sees no case of theirs: before the meeting has come, or
-- a draft. By the number they give, every consent falls in which the answering unit has a part, or is the team, or referred
-- the person. Answers nothing, so that nobody learns from it whether there was any; the caseworker is told, and the
-- worker settles whose turn it is (W1). It always takes the same time: else the clock would tell what the answer does not.
drop function if exists withdraw_by_number(text, text, text, timestamptz);
create or replace function withdraw_by_number(the_number text, how text, taken_by text, moment timestamptz, asked_from inet)
  returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  began timestamptz := clock_timestamp(); found record; whose record;
  today date := (moment at time zone 'Europe/Stockholm')::date;
begin
  select m.id, m.role, m.unit_id into whose
    from organisations_membership m
   where m.id = app_hat() and m.user_id = app_user() and m.unit_id = any(app_units())
     and m.role in ('caseworker', 'representative', 'coordinator', 'supervisor');
  if whose.id is null then
    raise exception 'nobody who answers for a unit' using errcode = 'insufficient_privilege';
  end if;
  for found in
    select c.id, c.number, c.person_id, c.caseworker_id
      from cases_case c join people_person h on h.id = c.person_id join organisations_programme p on p.id = c.programme_id
     where h.number = the_number
       and exists (select 1 from cases_party a where a.case_id = c.id and a.basis = 'consent'
                      and a.withdrawn_at is null and a.valid_until >= today)
       and (whose.unit_id in (c.referring_unit_id, p.team_id)
            or exists (select 1 from cases_party a where a.case_id = c.id and a.unit_id = whose.unit_id
                          and a.basis = 'consent' and a.withdrawn_at is null and a.valid_until >= today))
       for no key update of c
  loop
    update cases_party
       set withdrawn_at = moment, withdrawn_how = how, withdrawn_taken_by = taken_by, withdrawn_by_id = app_user()
     where case_id = found.id and basis = 'consent' and withdrawn_at is null and valid_until >= today;
    update consents_consent
       set withdrawn_at = moment, withdrawn_how = how, withdrawn_taken_by = taken_by, withdrawn_by_id = app_user()
     where case_id = found.id and withdrawn_at is null and signed_on is not null and valid_until >= today;
    insert into audit_entry (id, at, recorded_at, event, is_reading, user_id, hat_id, role, unit_id,
                             address, case_ref, person_ref, category, detail)
    values (gen_random_uuid(), moment, clock_timestamp(), 'withdrawn', false, app_user(), whose.id, whose.role, whose.unit_id,
            asked_from, audit_reference('case', found.id), audit_reference('person', found.person_id), '',
            jsonb_build_object('how', how, 'parts', 'whole'));
    insert into notices_notice (id, user_id, event, case_id, number, about, at)
    values (gen_random_uuid(), found.caseworker_id, 'withdrawn', found.id, found.number, '', moment);
  end loop;
  perform pg_sleep(0.06 - extract(epoch from clock_timestamp() - began)::double precision);
end
$$;
