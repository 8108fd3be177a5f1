package reflection

import (
	"context"
	"fmt"
	"testing"

	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/integration/internal/live"
	hivereflect "github.com/skep-go/skep/reflect"
	define "github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// hostileTexts are texts that would do harm in a statement without quotes, or with the wrong ones.
var hostileTexts = []string{
	"a`b", "``) --", `it's "b"`, "'; drop table victim; --", `back\slash\`, "${system:user.name}", "${hiveconf:a}", "tab\there", "line\nbreak",
	"start\x01", "bell\a\x1b[0m", "/* c", "é測🐍", "#{", "%s", "select",
}

// TestHostileMetadata: whoever can write to the metastore can put anything there. It is told as it is, and in statements it
// is a name or a text and nothing else, or refused.
func TestHostileMetadata(t *testing.T) {
	onMetastores(t, func(t *testing.T, m *hivereflect.Metastore, s *metaSession) {
		srv := s.srv
		var columns []*hms.FieldSchema
		for _, odd := range hostileTexts {
			columns = append(columns, &hms.FieldSchema{Name: odd, Type: "int", Comment: odd})
		}
		table := textTable(s.db, "odd", columns...)
		table.Parameters = map[string]string{"comment": fmt.Sprint(hostileTexts), "p'\"`${system:user.name}": "'; drop table victim; --${system:user.name}"}
		if err := generatedClient(t, srv.MetastoreAddr()).CreateTable(t.Context(), table); err != nil {
			t.Fatal(err)
		}
		s.exec("CREATE TABLE victim (a INT)")
		d := live.Dialect(t, srv)
		for name, from := range map[string]schema.Inspector{"metastore": m, "HiveServer2": hiveServer(t, live.Connect(t, live.Config(t, srv)))} {
			info := s.describe(from, "odd")
			found := declareInfo(nil, info)
			if info.Comment != fmt.Sprint(hostileTexts) || len(info.Columns) != len(hostileTexts) {
				t.Errorf("%s: got comment %q and %d columns", name, info.Comment, len(info.Columns))
			}
			var kept []schema.Item
			var taken []expr.Item
			for i, c := range info.Columns {
				if c.Name != hostileTexts[i] || c.Comment != hostileTexts[i] {
					t.Errorf("%s: got column %q with comment %q, want %q", name, c.Name, c.Comment, hostileTexts[i])
				}
				kept = append(kept, schema.Col(fmt.Sprint("c", i), c.Type, schema.Comment(c.Comment)))
				if _, err := d.AppendIdent(nil, c.Name); err == nil { // others are refused
					taken = append(taken, expr.T(found).C(c.Name))
				}
			}
			if _, err := s.conn.ExecContext(t.Context(), live.SQL(t, d, expr.Select(taken...))); live.IgnoreRows(err) != nil {
				t.Errorf("%s: selecting %d columns: %v", name, len(taken), err)
			}
			again := schema.NewTable(nil, "again", append(kept, schema.In(s.db), schema.Comment(info.Comment),
				dialect.TblProperties(map[string]string{"p": info.Comment}))...)
			s.exec(live.SQL(t, d, define.CreateTable(again)))
			for i, c := range s.describe(m, "again").Columns {
				if c.Comment != hostileTexts[i] {
					t.Errorf("%s: made once more, the comment is %q, want %q", name, c.Comment, hostileTexts[i])
				}
			}
			s.exec("DROP TABLE again")
		}
		if has, err := m.HasTable(context.Background(), s.db, "victim"); !has || err != nil {
			t.Errorf("the victim: got %v, %v", has, err)
		}
	})
}
