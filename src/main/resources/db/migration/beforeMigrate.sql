-- Said before anything is made, not by the first import that merges.
do $$ begin
  if current_setting('server_version_num')::integer < 170000 then
    raise exception 'Patchboard needs PostgreSQL 17 or newer; this is %.', current_setting('server_version')
      using hint = 'Name another database in SPRING_DATASOURCE_URL, or none to use the one that comes with it.';
  end if;
end $$;
