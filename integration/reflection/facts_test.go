package reflection

import (
	"reflect"
	"slices"
	"testing"

	"github.com/skep-go/skep/integration/internal/live"
	hivereflect "github.com/skep-go/skep/reflect"
)

// TestStatisticsOfPartitions: a table with partitions has no numbers of its own. HiveServer2 shows sums over the partitions,
// in which what was not counted is 0.
func TestStatisticsOfPartitions(t *testing.T) {
	onMetastores(t, func(t *testing.T, m *hivereflect.Metastore, s *metaSession) {
		s.exec("CREATE TABLE counted (a INT) PARTITIONED BY (p INT)", "INSERT INTO counted PARTITION (p=1) VALUES (1), (2)")
		session := live.Connect(t, live.Config(t, s.srv))
		ofServer, err := hiveServer(t, session).Statistics(t.Context(), s.db, "counted")
		if err != nil {
			t.Fatal(err)
		}
		ofMetastore, err := m.Statistics(t.Context(), s.db, "counted")
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(ofServer, ofMetastore) || ofServer.Rows != -1 || ofServer.Files != -1 {
			t.Errorf("HiveServer2: got %+v, the metastore: %+v, want -1", ofServer, ofMetastore)
		}
	})
}

// TestNotNullUnchecked: a NOT NULL that nobody checks is told beside the column.
func TestNotNullUnchecked(t *testing.T) {
	onMetastores(t, func(t *testing.T, m *hivereflect.Metastore, s *metaSession) {
		if live.On(live.Hive2, s.srv) {
			return // which has no NOT NULL
		}
		s.exec("CREATE TABLE checked (a INT NOT NULL, b INT NOT NULL DISABLE, c INT)",
			"CREATE EXTERNAL TABLE outside (b INT NOT NULL DISABLE RELY, a INT NOT NULL DISABLE)")
		for name, want := range map[string][]string{"checked": {"b"}, "outside": {"a", "b"}} {
			info := s.describe(m, name)
			detail, _ := detailOf(info)
			if !slices.Equal(detail.Unchecked, want) || !info.Columns[0].NotNull || !info.Columns[1].NotNull {
				t.Errorf("%s: got %q, want %q, and both columns NOT NULL", name, detail.Unchecked, want)
			}
		}
	})
}
