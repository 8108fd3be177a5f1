package hivetest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// store is the folder that all processes of one user share:
//
//	m2/, pyspark-*/   downloaded artifacts
//	launcher/, schema/ what was made of them once
//	keys-*/           certificates and keys, made once
//	run/<id>/         one folder a server: its lock, its state, its data
//	log/<id>.log      the servers' logs; they outlive their servers
//	*.lock            held while something is fetched, made or started
type store struct{ root string }

// openStore opens $SKEP_CACHE, or else skep in the user's cache folder.
func openStore() (*store, error) {
	root := os.Getenv("SKEP_CACHE")
	if root == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("hivetest: no cache folder: %w; set SKEP_CACHE", err)
		}
		root = filepath.Join(cache, "skep")
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	s := &store{root}
	for _, dir := range []string{"run", "log", "launcher", "schema"} {
		if err := os.MkdirAll(s.path(dir), 0o700); err != nil {
			return nil, fmt.Errorf("hivetest: cache folder: %w", err)
		}
	}
	return s, nil
}

func (s *store) path(elem ...string) string {
	return filepath.Join(append([]string{s.root}, elem...)...)
}

// exclusive runs f while no other process or goroutine runs one under the same name.
func (s *store) exclusive(ctx context.Context, name string, f func() error) error {
	l, err := waitLock(ctx, s.path(name+".lock"))
	if err != nil {
		return err
	}
	defer l.Close()
	return f()
}

// state describes a running server; it is the file state.json in the server's folder.
type state struct {
	ID      string         `json:"id"`
	Kind    Kind           `json:"kind"`
	Private bool           `json:"private"`
	PID     int            `json:"pid"`
	Started time.Time      `json:"started"`
	Control int            `json:"control"` // port of the launcher's control socket
	Token   string         `json:"token"`   // what the control socket wants to hear first
	Ports   map[string]int `json:"ports"`
	Keys    string         `json:"keys"` // folder of certificates and keys, or ""

	reap func() // waits for the process, which has ended; nil if it is not our child
}

// newRun makes a server's folder and returns its id and its lock. The server inherits the lock: it is free only when
// every process that ever held it is gone, whatever way it went.
func (s *store) newRun(ctx context.Context, kind Kind) (id string, lock *os.File, err error) {
	err = s.exclusive(ctx, "run", func() error {
		id = string(kind) + "-" + randomHex(4)
		if err := os.Mkdir(s.path("run", id), 0o700); err != nil {
			return err
		}
		lock, err = tryLock(s.path("run", id, "lock"))
		return err
	})
	return id, lock, err
}

// alive reports whether a process holds the lock of the server's folder.
func (s *store) alive(id string) bool {
	name := s.path("run", id, "lock")
	if _, err := os.Stat(name); err != nil {
		return false
	}
	lock, err := tryLock(name)
	if err != nil {
		return errors.Is(err, errLocked)
	}
	lock.Close()
	return false
}

// sweep removes the folders of servers that are dead, and all but the newest logs.
func (s *store) sweep(ctx context.Context) error {
	return s.exclusive(ctx, "run", func() error {
		runs, err := os.ReadDir(s.path("run"))
		if err != nil {
			return err
		}
		for _, r := range runs {
			if !s.alive(r.Name()) {
				if err := os.RemoveAll(s.path("run", r.Name())); err != nil {
					return err
				}
			}
		}
		return s.pruneLogs(50)
	})
}

func (s *store) pruneLogs(keep int) error {
	logs, err := os.ReadDir(s.path("log"))
	if err != nil {
		return err
	}
	var old []fs.FileInfo
	for _, l := range logs {
		if info, err := l.Info(); err == nil && !s.alive(id(l.Name())) {
			old = append(old, info)
		}
	}
	slices.SortFunc(old, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, l := range old[min(keep, len(old)):] {
		if err := os.Remove(s.path("log", l.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func id(log string) string { return log[:len(log)-len(filepath.Ext(log))] }

func (s *store) logFile(id string) string { return s.path("log", id+".log") }

// write makes the state visible to other processes, whole or not at all. Only the user may read it: it holds the token.
func (s *store) write(st *state) error {
	b, err := json.MarshalIndent(st, "", "  ")
	if err != nil {
		return err
	}
	name := s.path("run", st.ID, "state.json")
	if err := os.WriteFile(name+".tmp", b, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".tmp", name)
}

// running returns the states of all live servers that have become ready, oldest first.
func (s *store) running() ([]*state, error) {
	names, err := filepath.Glob(s.path("run", "*", "state.json"))
	if err != nil {
		return nil, err
	}
	var all []*state
	for _, name := range names {
		b, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // ended in this moment
		}
		if err != nil {
			return nil, err
		}
		st := new(state)
		if err := json.Unmarshal(b, st); err != nil {
			return nil, fmt.Errorf("hivetest: %s: %w", name, err)
		}
		if s.alive(st.ID) {
			all = append(all, st)
		}
	}
	slices.SortFunc(all, func(a, b *state) int { return a.Started.Compare(b.Started) })
	return all, nil
}

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
