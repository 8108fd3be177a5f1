package integration

import (
	"testing"

	"github.com/skep-go/skep/integration/internal/live"
)

func TestOverHTTP(t *testing.T) {
	live.OverHTTP(t, "TestCancel", "TestDeadline", "TestQueryTimeout", "TestTypes", "TestRowCounts", "TestNullPatterns", "TestWide",
		"TestLongValues", "TestInterleavedResults", "TestChangedSessions", "TestErrorInMidResult", "TestConfOfStatement",
		"TestSessionSettings", "TestProxyUser", "TestLogs", "TestRowsAffected", "TestServerVersion")
}
