package integration

import (
	"fmt"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// TestLateDescription: a result has its columns, too, if the server says that the statement still runs before it has
// planned it. Who asks Spark for them then is told of one column named Result, now and later.
func TestLateDescription(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		s := live.Connect(t, live.Config(t, srv, func(c *hive.Config) {
			c.SessionConf = map[string]string{"hive.server2.long.polling.timeout": "1ms"} // 5 s otherwise
		}))
		for i := range 10 {
			rows, err := s.Query(t.Context(), fmt.Sprintf("select %d as a, cast(2 as double) as b", i), hive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			c := rows.Columns()
			if len(c) != 2 || c[0].Name != "a" || c[0].Type.Kind != hive.KindInt || c[1].Name != "b" || c[1].Type.Kind != hive.KindDouble {
				t.Errorf("got the columns %v, want a INT and b DOUBLE", c)
			}
			if b, err := rows.NextBatch(t.Context()); err != nil || b.Len() != 1 {
				t.Errorf("got a batch %v, %v; want one row", b, err)
			}
			if err := rows.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}
