package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
)

// runaway simulates 2000 years and ranks every flight of them, which takes Hive many minutes. It sorts, so that a task of
// MapReduce's local mode notices that it is to stop: there a task is a thread, which looks up only when it hands rows on.
const runaway = `
	select max(place)
	from (
		select rank() over (partition by f.origin order by f.dep_delay + 60 * rand()) as place
		from flights f lateral view posexplode(split(space(1999), ' ')) years as year, blank
	) simulated`

const (
	patience = 3 * time.Second // for the runaway query
	grace    = 1 * time.Second // in which the program must have its word after that, on a busy machine too
)

// stopInTime shows that a deadline is kept: here, where the call returns, and on the server, where the query ends.
func stopInTime(ctx context.Context, out *screen, db *sql.DB) error {
	out.section("Stop a query that takes too long")
	if err := meetDeadline(ctx, out, db); err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error { return askServer(ctx, out, c.(*driver.Conn).Session()) })
}

// meetDeadline is all that a program has to do: give the context a deadline.
func meetDeadline(ctx context.Context, out *screen, db *sql.DB) error {
	begin := time.Now()
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var place int
	err := db.QueryRowContext(limited, runaway).Scan(&place)
	took := time.Since(begin)
	if !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("the deadline of %v did not end the query; it returned after %v: %v", patience, took, err)
	}
	if took > patience+grace {
		return fmt.Errorf("the deadline of %v ended the query only after %v", patience, took)
	}
	fmt.Fprintf(out, "A deadline of %v: the call returned after %.3f s.\n  %v\n", patience, took.Seconds(), err)
	return nil
}

// askServer cancels the same query by the native client, which can then ask the server what became of it.
func askServer(ctx context.Context, out *screen, session *hive.Session) error {
	op, err := session.Execute(ctx, runaway, hive.Options{})
	if err != nil {
		return err
	}
	defer op.Close(context.WithoutCancel(ctx))
	if err := sleep(ctx, patience); err != nil {
		return err
	}

	begin := time.Now()
	if err := op.Cancel(ctx); err != nil {
		return err
	}
	if err := op.Wait(ctx); !errors.Is(err, hive.ErrCancelled) {
		return fmt.Errorf("cancelled after %v, but the server says: %v", patience, err)
	}
	fmt.Fprintf(out, "Cancelled after %v: the server said so itself %.3f s later.\n", patience, time.Since(begin).Seconds())

	if err := sleep(ctx, time.Second); err != nil { // until the server has wound up the query's tasks
		return err
	}
	for line, err := range op.Logs(ctx) {
		if err != nil {
			break // only Hive 4 keeps the log of a cancelled query
		}
		if strings.HasPrefix(line, "ERROR") {
			fmt.Fprintln(out, "  its log: "+line)
		}
	}
	if err := op.Close(ctx); err != nil {
		return err
	}
	for _, err := range op.Logs(ctx) {
		if errors.Is(err, hive.ErrUnknownOperation) {
			fmt.Fprintln(out, "Closed: the server knows nothing of it any more.")
			return nil
		}
	}
	return errors.New("the server still knows the query after it was closed")
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
