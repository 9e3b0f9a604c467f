do $$begin if (select double from author where id = 7) is distinct from 14 then raise 'not generated'; end if; end$$
