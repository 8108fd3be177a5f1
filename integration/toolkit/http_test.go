package toolkit

import (
	"testing"

	"github.com/skep-go/skep/integration/internal/live"
)

func TestOverHTTP(t *testing.T) {
	live.OverHTTP(t, "TestResult", "TestResultWithoutRows")
}
