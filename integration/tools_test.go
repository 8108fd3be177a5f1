package integration

import (
	"context"
	"database/sql"
	"testing"

	"github.com/skep-go/skep/hivetest"
)

// drain reads a whole result and gives its error.
func drain(ctx context.Context, query func(context.Context, string, ...any) (*sql.Rows, error), text string, args ...any) error {
	rows, err := query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

// operations is the number of operations open on the server.
func operations(t testing.TB, srv *hivetest.Server) int {
	t.Helper()
	load, err := srv.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return load.Operations
}
