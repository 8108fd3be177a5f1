// Package integration proves the driver and the client on real servers.
package integration

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/skep-go/skep/hive"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func isNull(t testing.TB, b *hive.Batch, row, col int) bool {
	t.Helper()
	nulls, err := b.Nulls(col)
	if err != nil {
		t.Fatal(err)
	}
	return nulls.IsNull(row)
}
