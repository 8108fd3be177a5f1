//go:build unix

package hivetest

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newStore makes an empty store, and makes it the one that Start uses.
func newStore(t *testing.T) *store {
	t.Helper()
	t.Setenv("SKEP_CACHE", t.TempDir())
	s, err := openStore()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A folder is swept when nobody holds its lock, whatever its state says; logs stay.
func TestSweep(t *testing.T) {
	s, ctx := newStore(t), context.Background()
	dead, deadLock, err := s.newRun(ctx, Metastore)
	if err != nil {
		t.Fatal(err)
	}
	live, liveLock, err := s.newRun(ctx, Metastore)
	if err != nil {
		t.Fatal(err)
	}
	defer liveLock.Close()
	for _, id := range []string{dead, live} {
		// This process id lives, but the lock tells that the server does not: ids are used again.
		if err := s.write(&state{ID: id, Kind: Metastore, PID: os.Getpid()}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(s.logFile(id), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(s.path("run", "hive4-without-lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	deadLock.Close()
	if err := s.sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, s.path("run")), live; got != want {
		t.Errorf("left: got %q, want %q", got, want)
	}
	if got, want := len(strings.Fields(names(t, s.path("log")))), 2; got != want {
		t.Errorf("logs: got %d, want %d", got, want)
	}
	running, err := s.running()
	if err != nil || len(running) != 1 || running[0].ID != live {
		t.Errorf("running: got %v, %v, want %s", running, err, live)
	}
}

// The state holds the token: nobody else may read it.
func TestStateIsPrivate(t *testing.T) {
	s := newStore(t)
	id, lock, err := s.newRun(context.Background(), Hive401)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := s.write(&state{ID: id, Token: "secret"}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(s.path("run", id, "state.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want mode 600", info, err)
	}
}

func TestPruneLogs(t *testing.T) {
	s := newStore(t)
	for i, name := range []string{"a", "b", "c"} {
		if err := os.WriteFile(s.logFile(name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(time.Duration(i-3) * time.Hour)
		if err := os.Chtimes(s.logFile(name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.pruneLogs(2); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, s.path("log")), "b.log c.log"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Who waits for a lock gives up with its context.
func TestWaitLock(t *testing.T) {
	s := newStore(t)
	err := s.exclusive(context.Background(), "x", func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		return s.exclusive(ctx, "x", func() error { return nil })
	})
	if err != context.DeadlineExceeded {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	if err := s.exclusive(context.Background(), "x", func() error { return nil }); err != nil {
		t.Errorf("after it is free: %v", err)
	}
}

// A folder that is made once is made whole or not at all.
func TestOnce(t *testing.T) {
	s, ctx := newStore(t), context.Background()
	calls := 0
	maker := func(fail error) func(out, work string) error {
		return func(out, work string) error {
			calls++
			return cmp.Or(fail, os.WriteFile(filepath.Join(out, "file"), nil, 0o600))
		}
	}
	if _, err := s.once(ctx, "launcher/x", maker(os.ErrInvalid)); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("got %v, want %v", err, os.ErrInvalid)
	}
	for range 2 {
		dir, err := s.once(ctx, "launcher/x", maker(nil))
		if err != nil || names(t, dir) != "file" {
			t.Errorf("got %q, %v", names(t, dir), err)
		}
	}
	if calls != 2 {
		t.Errorf("got %d calls, want 2", calls)
	}
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}
