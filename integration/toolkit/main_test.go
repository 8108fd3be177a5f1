// Package toolkit proves the toolkit and Hive's dialect on real servers.
package toolkit

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
