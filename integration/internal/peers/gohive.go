// Package peers is what others have made: clients that ours is compared with, and readers of the HiveQL that it writes.
package peers

import (
	"testing"

	"github.com/beltran/gohive"
	"github.com/skep-go/skep/hive"
)

// Gohive connects the other Go client.
func Gohive(tb testing.TB, cfg *hive.Config, fetchSize int64) *gohive.Connection {
	tb.Helper()
	theirs := gohive.NewConnectConfiguration()
	theirs.Username, theirs.Password, theirs.FetchSize = cfg.User, "x", fetchSize
	conn, err := gohive.Connect(cfg.Host, cfg.Port, "NONE", theirs)
	if err != nil {
		tb.Fatal(err)
	}
	return conn
}
