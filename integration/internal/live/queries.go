package live

import "fmt"

// Statements that take about 30 s, however fast the machine: sixty rows, half a second each.
const (
	sixtyRows = "(select i n from (select 1) d lateral view posexplode(split(space(59),' ')) t as i, x) q"
	napping   = "reflect('java.lang.Thread','sleep',cast(500+n*0 as bigint))"
	// SlowRun sleeps while the statement runs: an aggregate needs a job.
	SlowRun = "select count(r), max(n) from (select n, " + napping + " as r from " + sixtyRows + ") w"
	// SlowFetch sleeps while rows are fetched: Hive evaluates a plain projection when the client asks for rows.
	SlowFetch = "select n, " + napping + " from " + sixtyRows
)

// Series gives the integers from 0 up to but not n, at least 1, as column i, without a table and without a job.
func Series(n int) string {
	const explode = "lateral view posexplode(split(space(%d),' ')) %s as %[2]s, %[2]sx "
	if n <= 100_000 {
		return fmt.Sprintf("(select 1) d "+explode, n-1, "i")
	}
	return fmt.Sprintf("(select a*1000+b as i from (select 1) d "+explode, n/1000-1, "a") + fmt.Sprintf(explode+") s", 999, "b")
}
