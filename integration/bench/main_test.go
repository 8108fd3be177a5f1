// Package bench measures the clients and the toolkit, beside others that can do the same.
package bench

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
