package integration

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/samples"
)

// TestTypesTable holds docs/types.md against the Go types that values of Hive 4, which has them all, come as.
func TestTypesTable(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	cases := onePerType(srv)
	for _, kind := range []hive.Kind{hive.KindArray, hive.KindMap, hive.KindStruct, hive.KindUnion} {
		for _, n := range nestedOn(srv) {
			if n.kind == kind {
				cases = append(cases, samples.Value{Text: n.text})
				break
			}
		}
	}
	cases = append(cases, samples.Value{Text: "null"})

	b := onlyBatch(t, live.Connect(t, live.Config(t, srv)), samples.Select(cases))
	result, err := live.Open(t, srv).QueryContext(t.Context(), samples.Select(cases))
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	types, err := result.ColumnTypes()
	if err != nil || !result.Next() {
		t.Fatal(err, result.Err())
	}
	plain, dest := make([]any, len(cases)), make([]any, len(cases))
	for i := range plain {
		dest[i] = &plain[i]
	}
	if err := result.Scan(dest...); err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for i := range cases {
		native, err := b.Value(0, i)
		if err != nil {
			t.Fatal(err)
		}
		code := func(typ any) string {
			return strings.NewReplacer("[]uint8", "[]byte", "interface {}", "any", "<nil>", "nil").Replace(fmt.Sprintf("`%v`", typ))
		}
		rows = append(rows, []string{
			types[i].DatabaseTypeName(), code(fmt.Sprintf("%T", native)), code(fmt.Sprintf("%T", plain[i])), code(types[i].ScanType()),
		})
	}
	live.CheckPage(t, "../docs/types.md", []string{"Hive", "`hive.Batch.Value`", "`database/sql` into `any`", "`ColumnType.ScanType`"}, rows)
}
