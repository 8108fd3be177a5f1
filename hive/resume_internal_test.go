package hive

import (
	"context"
	"sync"
	"testing"

	"github.com/skep-go/skep/internal/fakehs2"
)

// resumable opens a session that outlives its connections.
func resumable(t *testing.T) *Session {
	t.Helper()
	s, err := Connect(t.Context(), &Config{Host: "127.0.0.1", Port: fakehs2.Start(t).Port(), Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.WithoutCancel(t.Context())) })
	return s
}

// signal is a context that tells when somebody begins to wait for its end.
type signal struct {
	context.Context
	wait func()
}

func (s signal) Done() <-chan struct{} {
	s.wait()
	return s.Context.Done()
}

// An old guard is replaced before rows are asked for, unless that has happened, or there is none any more, by the time
// that the session is free.
func TestWatch(t *testing.T) {
	s := resumable(t)
	age := func() { s.guard.opened = s.guard.opened.Add(-guardLife) }

	young := s.guard
	if s.watch(t.Context()); s.guard != young {
		t.Error("a young guard was replaced")
	}
	age()
	if s.watch(t.Context()); s.guard == young || s.guard.isOld() {
		t.Errorf("an old guard was not replaced: %+v", s.guard)
	}
	age()
	<-s.turn
	waits, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		s.watch(signal{t.Context(), sync.OnceFunc(func() { close(waits) })})
	}()
	<-waits
	s.mu.Lock()
	s.guard = nil
	s.mu.Unlock()
	s.give()
	<-done
	if s.guard != nil {
		t.Errorf("a guard was opened where the server wants none: %+v", s.guard)
	}
}

// A janitor that has not the turn looks at the connection while the session gets another one. It is for the race detector.
func TestReattachBesideJanitor(t *testing.T) {
	s := resumable(t)
	<-s.turn
	defer s.give()
	ended, end := context.WithCancel(t.Context())
	end() // so that the janitor's own connection, whose locks would put one after the other, is never made
	var janitors sync.WaitGroup
	for range 3 {
		janitors.Go(func() { _ = s.outOfBand(ended) })
		if err := s.connectAgain(t.Context()); err != nil {
			t.Error(err)
		}
	}
	janitors.Wait()
}
