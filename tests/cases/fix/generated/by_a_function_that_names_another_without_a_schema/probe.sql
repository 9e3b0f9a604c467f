do $$ begin assert (select array_agg(slug order by id) from courses) = array['elements-de-geometrie', 'algebre'], 'slugs'; end $$;
