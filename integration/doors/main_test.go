// Package doors proves the ways to reach a server and to log in: transports, TLS, and every authentication.
package doors

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
