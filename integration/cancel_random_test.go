package integration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// TestCancelAtRandom ends contexts, and closes results, at random points of sessions that are one's own and of some that
// are shared. No row is ever wrong, what fails says that it was given up, a session that lives serves the next query,
// and nothing is left.
func TestCancelAtRandom(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	user := live.OwnUser(t, srv)
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixMilli())
	}
	t.Logf("-seed %d", seed)
	goroutines := runtime.NumGoroutine()
	const own, sharing, tries = 4, 3, 40
	var done, gaveUp atomic.Int64
	var wg sync.WaitGroup
	shared := &holder{cfg: user.Config(t)}
	for w := range uint64(own + sharing) {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(seed, w))
			at := shared
			if w < own {
				at = &holder{cfg: user.Config(t, func(c *hive.Config) { c.Prefetch = []int{-1, 1, 4, 16}[w] })}
				defer func() { closed(t, at) }()
			}
			for try := range tries {
				switch err := giveUp(t.Context(), rng, at, w < own); {
				case err == nil:
					done.Add(1)
				case errors.Is(err, context.Canceled) && !errors.Is(err, errWrong):
					gaveUp.Add(1)
				default:
					t.Errorf("worker %d, try %d: %v", w, try, err)
				}
				if try%4 > 0 { // the next try is a query, too
					continue
				}
				if err := at.works(t.Context()); err != nil {
					t.Errorf("worker %d, after try %d: %v", w, try, err)
				}
			}
		})
	}
	wg.Wait()
	closed(t, shared)
	if all := int64((own + sharing) * tries); done.Load() < all/10 || gaveUp.Load() < all/4 {
		t.Errorf("of %d tries %d went through and %d were given up", all, done.Load(), gaveUp.Load())
	}
	user.HasNothing(t)
	live.Eventually(t, 5*time.Second, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= goroutines })
}

// holder holds a session, which is opened when it is needed.
type holder struct {
	cfg *hive.Config
	mu  sync.Mutex
	s   *hive.Session
}

func (h *holder) session(ctx context.Context) (s *hive.Session, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.s == nil {
		h.s, err = hive.Connect(ctx, h.cfg)
	}
	return h.s, err
}

func (h *holder) close(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.s == nil {
		return nil
	}
	s := h.s
	h.s = nil
	return s.Close(ctx)
}

func closed(t *testing.T, h *holder) {
	t.Helper()
	if err := h.close(t.Context()); err != nil {
		t.Error(err)
	}
}

// works runs a query that nobody gives up.
func (h *holder) works(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	s, err := h.session(ctx)
	if err != nil {
		return err
	}
	rows, err := s.Query(ctx, counted(200), hive.Options{})
	if err != nil {
		return fmt.Errorf("the next query: %w", err)
	}
	return errors.Join(countTo(200, func() (*hive.Batch, error) { return rows.NextBatch(ctx) }), rows.Close(ctx))
}

// counted gives numbers from 0 up and texts made of them.
func counted(rows int) string {
	return "select i, if(i % 11 = 0, null, concat('row ', i)) as s from " + live.Series(rows)
}

// countTo reads rows of counted by get, up to the end, which is at want, or to the first error.
func countTo(want int, get func() (*hive.Batch, error)) error {
	for seen := 0; ; {
		b, err := get()
		switch {
		case err == io.EOF && seen != want:
			return fmt.Errorf("%w: the end after %d, want %d", errWrong, seen, want)
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		numbers, err := hive.Values[int32](b, 0)
		if err != nil {
			return err
		}
		for row, n := range numbers {
			text, err := b.Value(row, 1)
			if err != nil {
				return err
			}
			wantText := any("row " + strconv.Itoa(seen))
			if seen%11 == 0 {
				wantText = nil
			}
			if int(n) != seen || text != wantText {
				return fmt.Errorf("%w: row %d is (%d, %v)", errWrong, seen, n, text)
			}
			seen++
		}
	}
}

var (
	errWrong  = errors.New("wrong rows")
	errEnough = errors.New("enough rows")
)

// giveUp opens a session if there is none, executes a statement, waits, reads and closes, and is cancelled meanwhile or
// has enough of the rows at some point. It gives the error that it met, nil if it met none.
func giveUp(parent context.Context, rng *rand.Rand, at *holder, alone bool) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	if rng.IntN(4) > 0 {
		defer time.AfterFunc(time.Duration(rng.ExpFloat64()*float64(30*time.Millisecond)), cancel).Stop()
	}
	if alone && rng.IntN(4) == 0 {
		if err := at.close(ctx); err != nil {
			return err
		}
	}
	s, err := at.session(ctx)
	if err != nil {
		return err
	}
	size := []int{1, 100, 5000, 20_000}[rng.IntN(4)]
	query := counted(size)
	if alone && rng.IntN(30) == 0 {
		query = []string{live.SlowRun, live.SlowFetch}[rng.IntN(2)]
		defer time.AfterFunc(100*time.Millisecond, cancel).Stop()
	}
	rows, err := begin(ctx, rng, s, query, hive.Options{FetchSize: []int{0, 50, 1000}[rng.IntN(3)]})
	if err != nil {
		return err
	}
	enough := rng.IntN(30)
	err = countTo(size, func() (*hive.Batch, error) {
		switch enough--; {
		case enough < 0:
			return nil, errEnough
		case rng.IntN(2) == 0:
			return rows.FetchMany(ctx, 1+rng.IntN(3000))
		}
		return rows.NextBatch(ctx)
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return errors.Join(err, rows.Close(ctx))
}

// begin makes a result in one call or in three.
func begin(ctx context.Context, rng *rand.Rand, s *hive.Session, query string, options hive.Options) (*hive.Rows, error) {
	if rng.IntN(2) == 0 {
		return s.Query(ctx, query, options)
	}
	op, err := s.Execute(ctx, query, options)
	if err != nil {
		return nil, err
	}
	if err := op.Wait(ctx); err != nil {
		return nil, errors.Join(err, op.Close(ctx))
	}
	rows, err := op.Rows(ctx)
	if err != nil {
		return nil, errors.Join(err, op.Close(ctx))
	}
	return rows, nil
}
