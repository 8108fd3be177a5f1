package main

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// query is a question, and what of SQL it takes to answer it.
type query struct {
	question string
	by       string
	sql      string
	args     []any
}

var queries = []query{{
	question: "Which carriers come late?",
	by:       "join, conditional aggregates",
	sql: `
		select a.name as carrier, count(*) as flights,
			sum(if(f.dep_time is null, 1, 0)) as cancelled,
			avg(f.arr_delay) as mean_delay,
			100 * sum(if(f.arr_delay > ?, 1, 0)) / count(f.arr_delay) as pct_late
		from flights f join airlines a on f.carrier = a.carrier
		group by a.name
		having count(*) > ?
		order by pct_late desc`,
	args: []any{15, 500},
}, {
	question: "Which days were the worst, and how was the week around them?",
	by:       "window functions",
	sql: `
		with daily as (
			select month, day, to_date(min(time_hour)) as flown, count(*) as flights, avg(dep_delay) as delay
			from flights
			group by month, day
		), ranked as (
			select flown, flights, delay,
				avg(delay) over (order by month, day rows between 3 preceding and 3 following) as week_around,
				rank() over (order by delay desc) as place
			from daily
		)
		select place, flown, flights, delay as mean_delay, week_around
		from ranked
		where place <= ?
		order by place`,
	args: []any{8},
}, {
	question: "How late do the three airports start, month by month and in all?",
	by:       "grouping sets, turned into a cross table",
	sql: `
		select coalesce(lpad(cast(month as string), 2, ' '), 'all') as month,
			max(if(origin = 'EWR', delay, null)) as newark,
			max(if(origin = 'JFK', delay, null)) as kennedy,
			max(if(origin = 'LGA', delay, null)) as la_guardia,
			max(if(origin is null, delay, null)) as all_three
		from (
			select month, origin, avg(dep_delay) as delay
			from flights
			group by month, origin
			grouping sets ((month, origin), (month), (origin), ())
		) cells
		group by month
		order by month`,
}, {
	question: "How long must one be ready to wait?",
	by:       "lateral view over an array of percentiles",
	sql: `
		select origin, elt(i + 1, 'every 2nd flight', 'every 10th', 'every 100th') as how_often, minutes as at_least_late
		from (
			select origin, percentile(dep_delay, array(?, ?, ?)) as delays
			from flights
			group by origin
		) airports
		lateral view posexplode(delays) each_one as i, minutes
		order by origin, at_least_late`,
	args: []any{0.5, 0.9, 0.99},
}, {
	question: "Where do most flights go?",
	by:       "rank within groups, fields of a struct",
	sql: `
		select r.origin as origin, r.place as place, coalesce(a.name, r.dest) as destination, r.flights as flights,
			a.location.lat as latitude, a.location.alt as feet_above_sea
		from (
			select origin, dest, count(*) as flights, rank() over (partition by origin order by count(*) desc) as place
			from flights
			group by origin, dest
		) r
		left join airports a on r.dest = a.faa
		where r.place <= ?
		order by origin, place`,
	args: []any{3},
}, {
	question: "Which keys have no partner?",
	by:       "outer joins",
	sql: `
		select count(*) as flights,
			sum(if(f.tailnum is null, 1, 0)) as no_tail_number,
			sum(if(f.tailnum is not null and p.tailnum is null, 1, 0)) as unknown_plane,
			sum(if(a.faa is null, 1, 0)) as unknown_airport,
			concat_ws(' ', sort_array(collect_set(if(a.faa is null, f.dest, null)))) as which_ones
		from flights f
		left join planes p on f.tailnum = p.tailnum
		left join airports a on f.dest = a.faa`,
}, {
	question: "What does fog do?",
	by:       "join on two keys with a time, parameters in the SELECT list",
	sql: `
		select sight, count(*) as flights,
			100 * sum(if(dep_time is null, 1, 0)) / count(*) as pct_cancelled,
			avg(dep_delay) as mean_delay
		from (
			select f.dep_time, f.dep_delay,
				case when w.visib < ? then '1  less than a mile' when w.visib < ? then '2  some miles' else '3  clear' end as sight
			from flights f join weather w on f.origin = w.origin and f.time_hour = w.time_hour
		) seen
		group by sight
		order by sight`,
	args: []any{1, 5},
}}

// ask asks the questions and prints the answers.
func ask(ctx context.Context, out *screen, db *sql.DB) error {
	for i, q := range queries {
		out.section(fmt.Sprintf("%d. %s", i+1, q.question))
		if err := answer(ctx, out, db, q); err != nil {
			return fmt.Errorf("question %d: %w", i+1, err)
		}
	}
	return nil
}

func answer(ctx context.Context, out *screen, db *sql.DB, q query) error {
	begin := time.Now()
	rows, err := db.QueryContext(ctx, q.sql, q.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	n, err := printRows(out, rows)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("%q has no answer", q.question)
	}
	fmt.Fprintln(out, out.style(faint, fmt.Sprintf("  %s: %.1f s", q.by, time.Since(begin).Seconds())))
	return nil
}
