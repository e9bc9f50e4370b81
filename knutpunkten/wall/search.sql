-- Search by number or name. Text operators are not leakproof, so under a policy they could not use an index. The check
-- stands inside instead, candidate by candidate; the functions' owner may read names and nothing else.

-- Names as they are searched: small letters, a space before and after each word.
create or replace function names_said(first_name text, last_name text) returns text
language sql immutable parallel safe as
$$ select ' ' || translate(lower(first_name || ' ' || last_name), '-', ' ') || ' ' $$;

-- The same without dots and accents, for those who type "ahman" and mean Åhman. Who types å means å: an a is a slip there.
create or replace function folded(said text) returns text language sql immutable parallel safe as
$$ select translate(said, 'åäöæøéèêëáàâãíìîïóòôõúùûüýÿñçšžčćđł', 'aaoaoeeeeaaaaiiiioooouuuuyyncszccdl') $$;

-- (The schema is written out: an index is made without a search path.)
create or replace function names_folded(first_name text, last_name text) returns text
language sql immutable parallel safe as
$$ select public.folded(public.names_said(first_name, last_name)) $$;

-- *word* as the beginning of a name; a short one, which every other name begins with, as a whole. Signs are themselves.
create or replace function word_pattern(word text) returns text language sql immutable parallel safe as
$$
  select '% ' || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_')
         || case when length(word) < 3 then ' %' else '%' end
$$;

-- The cases that the one who asks can find: a supervisor's own, otherwise those with a ground.
drop function if exists few_people(integer);
drop function if exists few_cases(integer);
create or replace function findable_cases() returns uuid[]
language plpgsql stable security definer set search_path = public, pg_temp as
$$
begin
  if exists (select 1 from organisations_membership where id = app_hat() and role = 'supervisor') then
    return array(select c.id from cases_case c join living_ground g on g.case_id = c.id
                  where c.supervisor_id = app_user());
  end if;
  return array(select case_id from living_ground);
end
$$;

-- The cases one has a ground for whose person's number holds the digits, or whose names begin with the words, in any
-- order; the letters as typed first. Where that finds few, also those whose names sound nearly so. Whoever finds at most
-- *one_by_one* cases has them looked through without the index.
drop function if exists search_people(text, integer);
drop function if exists search_cases(text, integer);
create or replace function search_cases(wanted text, at_most integer, one_by_one integer default 2000)
returns table (case_id uuid)
language plpgsql stable security definer set search_path = public, pg_temp as
$$
declare
  said text := lower(btrim(regexp_replace(translate(wanted, '-', ' '), '\s+', ' ', 'g')));
  digits text := regexp_replace(wanted, '[-+[:space:]]', '', 'g');
  few constant integer := 5;
  -- Read once: to ask each hit for its ground takes ten times as long where a name is common.
  mine constant uuid[] := findable_cases();
  cases text := 'cases_case';
  seen text := 'c.id = any ($1)';
  word text; begins text := ''; typed text := 'true'; found uuid[]; alike uuid[];
begin
  if cardinality(mine) <= one_by_one then
    cases := '(select id, person_id, first_name, last_name, sort_key, created_at from cases_case where id = any ($1) offset 0)';
    seen := 'true';
  end if;
  if digits ~ '^[0-9]{4,12}$' then
    return query execute format(
      'select c.id from %s c join people_person p on p.id = c.person_id
        where p.number like %L and %s order by c.sort_key, c.created_at desc limit %s',
      cases, '%' || digits || '%', seen, at_most) using mine;
    return;
  elsif length(said) < 2 then
    return;
  end if;
  -- A letter wrong in a name: "sandkvist", "sjöbärg", "anneli qvist". Of several words more must be right, or everybody with
  -- the same first name would be looked through. The setting is known once the extension is used.
  perform word_similarity('', ''),
          set_config('pg_trgm.word_similarity_threshold', case when said like '% %' then '0.6' else '0.5' end, true);
  foreach word in array string_to_array(said, ' ') loop
    begins := begins || format(' and names_folded(c.first_name, c.last_name) like %L', word_pattern(folded(word)));
    typed := typed || format(' and names_said(first_name, last_name) like %L', word_pattern(word));
    if folded(word) <> word then
      begins := begins || format(' and names_said(c.first_name, c.last_name) like %L', word_pattern(word));
    end if;
  end loop;
  execute format(
    'select array_agg(id order by names_said(first_name, last_name) <> %L, not (%s), sort_key, created_at desc)
       from (select c.id, c.first_name, c.last_name, c.sort_key, c.created_at from %s c where %s %s limit %s) c',
    ' ' || said || ' ', typed, cases, seen, begins, at_most) into found using mine;
  if coalesce(cardinality(found), 0) < few and length(said) > 2 then
    execute format(
      'select array_agg(id order by nearness desc, sort_key, created_at desc)
         from (select c.id, c.sort_key, c.created_at, word_similarity(%1$L, names_said(c.first_name, c.last_name)) as nearness
                 from %5$s c
                where %2$L <%% names_folded(c.first_name, c.last_name) and %3$s
                  and (%1$L = %2$L or %1$L <%% names_said(c.first_name, c.last_name)) limit %4$s) c',
      said, folded(said), seen, at_most, cases) into alike using mine;
  end if;
  return query
    select id from unnest(found || alike) with ordinality as hit (id, place) group by id order by min(place) limit at_most;
end
$$;
