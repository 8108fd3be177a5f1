package hivetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Status describes a running server, of whichever process.
type Status struct {
	Kind    Kind
	Version string
	PID     int
	Started time.Time
	DSN     string            // "" for a metastore
	Addrs   map[string]string // host:port by service: "none", "nosasl", "ldap", "idle", "metastore", "ldapserver", "kdc", "auth", …
	LogFile string
	Private bool // it belongs to one process, which ends it
	Pinned  bool // it stays without a process that uses it
	Leases  int  // processes that use it
}

// Status asks the server how it is. An external server cannot be asked.
func (s *Server) Status(ctx context.Context) (Status, error) {
	if s.store == nil {
		return Status{}, errExternal
	}
	return s.store.status(ctx, s.state)
}

var errExternal = errors.New("hivetest: the server is not ours: it is the one that " + envDSN + " names")

func (s *store) status(ctx context.Context, st *state) (Status, error) {
	r, err := recipeOf(st.Kind)
	if err != nil {
		return Status{}, err
	}
	status := Status{
		Kind: st.Kind, Version: r.version, PID: st.PID, Started: st.Started, DSN: s.dsn(st),
		Addrs: map[string]string{}, LogFile: s.logFile(st.ID), Private: st.Private,
	}
	for service := range st.Ports {
		status.Addrs[service] = st.addr(service)
	}
	conn, answer, err := st.command(ctx, "STATUS")
	if err != nil {
		return status, err
	}
	conn.Close()
	if _, err := fmt.Sscanf(answer, "leases=%d pinned=%t", &status.Leases, &status.Pinned); err != nil {
		return status, fmt.Errorf("hivetest: %s: status %q: %w", st.ID, answer, err)
	}
	return status, nil
}

// Running returns the servers that run, oldest first, and removes what dead ones left. A server that does not answer
// is part of the error, which joins one for each.
func Running(ctx context.Context) ([]Status, error) {
	s, err := openStore()
	if err != nil {
		return nil, err
	}
	if err := s.sweep(ctx); err != nil {
		return nil, err
	}
	all, err := s.running()
	if err != nil {
		return nil, err
	}
	var result []Status
	var failed error
	for _, st := range all {
		status, err := s.status(ctx, st)
		if err != nil {
			if s.alive(st.ID) {
				failed = errors.Join(failed, err)
			}
			continue
		}
		result = append(result, status)
	}
	return result, failed
}

// Pin keeps a shared server running when no process uses it, until Stop.
func (s *Server) Pin(ctx context.Context) error {
	if s.store == nil {
		return errExternal
	}
	if s.state.Private {
		return errors.New("hivetest: a private server ends with its process: it cannot be pinned")
	}
	conn, _, err := s.state.command(ctx, "PIN")
	if err != nil {
		return err
	}
	return conn.Close()
}

// Stop ends the shared servers of these kinds, pinned or in use, and removes their data. It returns the kinds of those
// that ran.
func Stop(ctx context.Context, kinds ...Kind) ([]Kind, error) {
	s, err := openStore()
	if err != nil {
		return nil, err
	}
	if err := s.sweep(ctx); err != nil {
		return nil, err
	}
	var stopped []Kind
	for _, kind := range kinds {
		if _, err := recipeOf(kind); err != nil {
			return stopped, err
		}
		err := s.exclusive(ctx, string(kind), func() error { // after a start that is under way
			all, err := s.running()
			if err != nil {
				return err
			}
			for _, st := range all {
				if st.Kind == kind && !st.Private {
					if err := s.stop(ctx, st); err != nil {
						return err
					}
					stopped = append(stopped, kind)
				}
			}
			return nil
		})
		if err != nil {
			return slices.Compact(stopped), err
		}
	}
	return slices.Compact(stopped), nil
}
