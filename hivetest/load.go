package hivetest

import (
	"context"
	"fmt"
)

// Load is what a server's HiveServer2 services hold open, taken together, for tests that look for leaks.
type Load struct {
	Sessions, Operations int
}

// Load asks the server what it holds open for a user, or for all if user is empty. It counts inside the server, so that
// no session is opened for it. An external server cannot be asked.
func (s *Server) Load(ctx context.Context, user string) (Load, error) {
	if s.store == nil {
		return Load{}, errExternal
	}
	conn, answer, err := s.state.command(ctx, "LOAD "+user)
	if err != nil {
		return Load{}, err
	}
	conn.Close()
	var l Load
	if _, err := fmt.Sscanf(answer, "sessions=%d operations=%d", &l.Sessions, &l.Operations); err != nil {
		return Load{}, fmt.Errorf("hivetest: %s: load %q: %w", s.state.ID, answer, err)
	}
	return l, nil
}
