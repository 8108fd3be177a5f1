// Package reflection proves on real servers what is reflected of their tables.
package reflection

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/skep-go/skep/hive"
	hivereflect "github.com/skep-go/skep/reflect"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hiveServer asks HiveServer2, in a session.
func hiveServer(t *testing.T, s *hive.Session) *hivereflect.HiveServer {
	t.Helper()
	h, err := hivereflect.OverSession(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// openMetastore asks the metastore at addr; it is closed with the test.
func openMetastore(t *testing.T, addr string, change ...func(*hivereflect.MetastoreConfig)) *hivereflect.Metastore {
	t.Helper()
	cfg, err := hivereflect.ParseMetastore("thrift://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(&cfg)
	}
	m, err := hivereflect.OpenMetastore(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}
