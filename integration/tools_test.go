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

// ours skips what needs a server of hivetest, where SKEP_HIVE_DSN names another one.
func ours(t testing.TB, srv *hivetest.Server) {
	t.Helper()
	if srv.Kind() == hivetest.External {
		t.Skip("a server of one's own has no further ports and cannot be looked into")
	}
}

// operations is the number of operations open on the server.
func operations(t testing.TB, srv *hivetest.Server) int {
	t.Helper()
	ours(t, srv)
	load, err := srv.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return load.Operations
}
