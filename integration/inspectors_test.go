package integration

import (
	"testing"

	"github.com/skep-go/skep/hivetest"
	hivereflect "github.com/skep-go/skep/reflect"
)

// serverInspector asks HiveServer2.
func serverInspector(t testing.TB, srv *hivetest.Server) *hivereflect.HiveServer {
	t.Helper()
	return must(hivereflect.OverSession(t.Context(), connect(t, config(t, srv))))(t)
}

// metastoreOf asks the server's metastore.
func metastoreOf(t testing.TB, srv *hivetest.Server) *hivereflect.Metastore {
	t.Helper()
	m := must(hivereflect.OpenMetastore(hivereflect.MetastoreConfig{URIs: []string{"thrift://" + srv.MetastoreAddr()}}))(t)
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}
