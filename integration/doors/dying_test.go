package doors

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// atOnce is far more than it takes to notice that a server has died.
const atOnce = 10 * time.Second

// TestServerDies: of two servers over one metastore one is killed while sessions are being opened on it, a statement runs and
// rows are fetched, and while 16 goroutines write through both. What was asked of it has run once or is an error, at once, and
// what is asked next is done by the other one.
func TestServerDies(t *testing.T) {
	registry, survivor := hivetest.Shared(t, hivetest.ZooKeeper), hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, survivor)
	victim := live.Beside(t, survivor)
	register(t, registry, "dying", map[string]string{
		"serverUri=a;version=4.0.1;sequence=0000000001": published(victim.Addr()),
		"serverUri=b;version=4.0.1;sequence=0000000002": published(survivor.Addr()),
	})
	_, database := live.OwnDatabase(t, survivor)
	w := openWriters(t, "hive://ana@"+registry.ZooKeeperAddr()+"/"+database+"?discovery=zooKeeper&zkNamespace=dying&hostPolicy=round-robin")

	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	var writers, users sync.WaitGroup
	defer func() {
		cancel()
		users.Wait()
		writers.Wait()
	}()
	for g := range w.tables {
		writers.Go(func() { w.write(t, ctx, g) })
	}
	begun, ended := make(chan string, len(phases)), make(chan phaseEnd, len(phases))
	for _, p := range phases {
		users.Go(func() {
			err := p.use(ctx, live.Config(t, victim), func() { begun <- p.name })
			ended <- phaseEnd{p, err}
		})
	}
	for range phases {
		select {
		case <-begun:
		case end := <-ended:
			t.Fatalf("%s: ended with %v before the server died", end.name, end.err)
		case <-ctx.Done():
			t.Fatal("not all are at work in time")
		}
	}
	live.Eventually(t, time.Minute, "all have written", func() bool { return w.wrote() >= len(w.tables) })
	killed := time.Now()
	w.killed.Store(&killed)
	if err := victim.Kill(); err != nil {
		t.Fatal(err)
	}
	for range phases {
		select {
		case end := <-ended:
			end.check(t)
		case <-time.After(atOnce - time.Since(killed)):
			t.Fatal("one who used the server has not noticed that it was killed")
		}
	}
	users.Wait()
	writers.Wait()
	w.check(t)
}

// phase is a way to use a server until it dies. It tells when it has begun; then it ends with a NetworkError of one of the calls.
type phase struct {
	name  string
	use   func(ctx context.Context, cfg *hive.Config, begun func()) error
	calls []string
}

var phases = []phase{
	{"open, again and again", openSessions, []string{"connect", "log in", "OpenSession", "CloseSession"}},
	{"open, with a statement", openWithInit, []string{"GetOperationStatus"}},
	{"execute", execute, []string{"GetOperationStatus"}},
	{"fetch", fetch, []string{"FetchResults"}},
}

func openSessions(ctx context.Context, cfg *hive.Config, begun func()) error {
	for n := 0; ; n++ {
		s, err := hive.Connect(ctx, cfg)
		if err != nil {
			return err
		}
		if err := s.Close(ctx); err != nil {
			return err
		}
		if n == 0 {
			begun()
		}
	}
}

func openWithInit(ctx context.Context, cfg *hive.Config, begun func()) error {
	cfg.Init, cfg.ConnectTimeout = live.SlowRun, -1
	begun()
	s, err := hive.Connect(ctx, cfg)
	if err == nil {
		err = errors.Join(errors.New("it was opened"), s.Close(ctx))
	}
	return err
}

func execute(ctx context.Context, cfg *hive.Config, begun func()) error {
	s, err := hive.Connect(ctx, cfg)
	if err != nil {
		return err
	}
	defer s.Close(ctx)
	op, err := s.Execute(ctx, live.SlowRun, hive.Options{})
	if err != nil {
		return err
	}
	begun()
	return op.Wait(ctx)
}

func fetch(ctx context.Context, cfg *hive.Config, begun func()) error {
	// Each row takes half a second when it is asked for, and with caching they would all be there before the first is told.
	cfg.FetchSize, cfg.SessionConf = 1, map[string]string{"hive.fetch.task.caching": "false"}
	s, err := hive.Connect(ctx, cfg)
	if err != nil {
		return err
	}
	defer s.Close(ctx)
	rows, err := s.Query(ctx, live.SlowFetch, hive.Options{})
	if err != nil {
		return err
	}
	begun()
	for {
		if _, err := rows.NextBatch(ctx); err != nil {
			return err
		}
	}
}

type phaseEnd struct {
	phase
	err error
}

func (p phaseEnd) check(t *testing.T) {
	t.Helper()
	var network *hive.NetworkError
	if !errors.As(p.err, &network) || !slices.Contains(p.calls, network.Op) {
		t.Errorf("%s: ended with %T %v, want a *hive.NetworkError of one of %q", p.name, p.err, p.err, p.calls)
	}
	if p.calls[0] == "GetOperationStatus" && errors.Is(p.err, hive.ErrNotSent) {
		t.Errorf("%s: ended with %v, but the statement was sent", p.name, p.err)
	}
}

// writers are goroutines that write through one pool, each into a table of its own: where files are local, two servers that
// put files into one folder may take each other's names.
type writers struct {
	db     *sql.DB
	tables [16]string

	killed atomic.Pointer[time.Time] // when a server was, if it was

	mu sync.Mutex
	ok map[int]bool // whether the INSERT of a row succeeded
}

// openWriters makes the tables.
func openWriters(t *testing.T, dsn string) *writers {
	cfg, err := hive.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	connector, err := driver.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	w := &writers{db: sql.OpenDB(connector), ok: map[int]bool{}}
	t.Cleanup(func() { w.db.Close() })
	w.db.SetMaxIdleConns(len(w.tables))
	for g := range w.tables {
		w.tables[g] = fmt.Sprint("written_", g)
		live.Exec(t, w.db, "create table "+w.tables[g]+" (id int, place string)")
	}
	return w
}

// write inserts rows until one is there that was begun after the end of the server. Only that may be an error.
func (w *writers) write(t *testing.T, ctx context.Context, g int) {
	for id := g; ; id += len(w.tables) {
		late := w.killed.Load() != nil
		_, err := w.db.ExecContext(ctx, "insert into "+w.tables[g]+" select ?, reflect('java.lang.System', 'getProperty', 'java.io.tmpdir')", id)
		killed := w.killed.Load()
		switch {
		case ctx.Err() != nil:
			t.Errorf("goroutine %d hangs: %v", g, err)
			return
		case err == nil:
			w.add(id, true)
			if late {
				return
			}
		case killed == nil || !errors.As(err, new(*hive.NetworkError)):
			t.Errorf("got %T %v, want a *hive.NetworkError when the server has died", err, err)
			return
		default:
			w.add(id, false)
			if took := time.Since(*killed); took > atOnce {
				t.Errorf("goroutine %d noticed the end of the server after %v", g, took)
			}
		}
	}
}

func (w *writers) add(id int, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ok[id] = ok
}

// wrote tells how many INSERTs have succeeded.
func (w *writers) wrote() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, ok := range w.ok {
		if ok {
			n++
		}
	}
	return n
}

// check counts the rows that are there, and the servers that have written them.
func (w *writers) check(t *testing.T) {
	counts, places := map[int]int{}, map[string]int{}
	for _, table := range w.tables {
		rows, err := w.db.QueryContext(t.Context(), "select id, place from "+table)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var id int
			var place string
			if err := rows.Scan(&id, &place); err != nil {
				t.Fatal(err)
			}
			counts[id]++
			places[place]++
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	for id, ok := range w.ok {
		if counts[id] > 1 || ok && counts[id] == 0 {
			t.Errorf("row %d, of an INSERT that has succeeded: %t, is there %d times", id, ok, counts[id])
		}
		delete(counts, id)
	}
	if len(counts) > 0 {
		t.Errorf("rows that nobody has inserted: %v", counts)
	}
	if len(places) != 2 {
		t.Errorf("rows by servers: %v, want some of both", places)
	}
	t.Logf("%d INSERTs succeeded, %d failed; rows by servers: %v", w.wrote(), len(w.ok)-w.wrote(), slices.Collect(maps.Values(places)))
}
