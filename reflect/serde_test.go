package hivereflect

import (
	"strings"
	"testing"

	hms "github.com/beltran/gohive/hive_metastore"
)

const avro = serdePackage + "avro.AvroSerDe"

// TestMadeColumns: who knows what columns a SerDe makes is asked for them, and for no others; who does not tell loses nothing.
func TestMadeColumns(t *testing.T) {
	table := func(name, kind, serde string, properties map[string]string) *hms.Table {
		return &hms.Table{DbName: "db", TableName: name, TableType: kind, Parameters: properties, Sd: &hms.StorageDescriptor{
			Cols: []*hms.FieldSchema{{Name: "a", Type: "int", Comment: "mine"}}, SerdeInfo: &hms.SerDeInfo{SerializationLib: serde},
		}}
	}
	all := scripted{result: &hms.ThriftHiveMetastoreGetTableObjectsByNameReqResult{Success: &hms.GetTablesResult_{Tables: []*hms.Table{
		table("made", "MANAGED_TABLE", avro, nil), table("orc", "EXTERNAL_TABLE", ioPackage+"orc.OrcSerde", nil), table("seen", "VIRTUAL_VIEW", avro, nil),
		table("spark", "MANAGED_TABLE", avro, map[string]string{"spark.sql.sources.provider": "json"}),
	}}}}
	fields := []*hms.FieldSchema{{Name: "a", Type: "bigint", Comment: noComment}, {Name: "b", Type: "string", Comment: noComment}, {Name: "c", Type: "string", Comment: "doc"}}
	const others, kept = "; orc a int mine false; seen a int mine false; spark a int mine false", "made a int mine true" + "; orc a int mine false; seen a int mine false; spark a int mine false"
	for name, tt := range map[string]struct {
		answer scripted
		want   string
	}{
		"told":     {scripted{result: &hms.ThriftHiveMetastoreGetFieldsResult{Success: fields}}, "made a bigint mine, b string , c string doc false" + others},
		"no class": {scripted{result: &hms.ThriftHiveMetastoreGetFieldsResult{O1: &hms.MetaException{Message: "java.lang.ClassNotFoundException"}}}, kept},
		"gone":     {scripted{result: &hms.ThriftHiveMetastoreGetFieldsResult{O2: &hms.UnknownTableException{}}}, kept},
		"nothing":  {scripted{result: &hms.ThriftHiveMetastoreGetFieldsResult{}}, kept},
		"unknown":  {unknownMethod, kept},
	} {
		asked := 0
		m := openFake(t, fakeMetastore(t, "4.0.1", func(method string, _ int) (scripted, bool) {
			switch method {
			case "get_database":
				return aDatabase, true
			case "get_table_objects_by_name_req":
				return all, true
			case "get_fields":
				asked++
				return tt.answer, true
			}
			return scripted{result: &hms.ThriftHiveMetastoreGetAllTableConstraintsResult{}}, method == "get_all_table_constraints"
		}))
		var got []string
		for info, err := range m.Describe(t.Context(), "db", "made", "orc", "seen", "spark") {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			var columns []string
			for _, c := range info.Columns {
				columns = append(columns, c.Name+" "+c.Type.String()+" "+c.Comment)
			}
			last := " false"
			if info.Attrs[len(info.Attrs)-1].(Detail).KeptColumns {
				last = " true"
			}
			got = append(got, info.Name+" "+strings.Join(columns, ", ")+last)
		}
		m.Close()
		if text := strings.Join(got, "; "); text != tt.want || asked != 1 {
			t.Errorf("%s: asked %d times, got %s\nwant %s", name, asked, text, tt.want)
		}
	}
}

// DESCRIBE tells in JSON what the SerDe makes beside what the metastore keeps, and in text the former alone.
func TestMadeColumnsOfHiveServer(t *testing.T) {
	f, err := readJSON(`{"columns":[{"name":"a","type":"bigint","comment":"from deserializer"},{"name":"z","type":"string"},{"name":"p","type":"int"}],` +
		`"tableInfo":{"tableType":"MANAGED_TABLE","sd":{"cols":[{"name":"a","type":"int","comment":"mine"}],"serdeInfo":{"serializationLib":"` + avro + `"}},` +
		`"partitionKeys":[{"name":"p","type":"int"}]}}`)
	fine(t, err)
	equal(t, []field{{"a", "bigint", "mine"}, {"z", "string", ""}}, f.columns)
	equal(t, []field{{"p", "int", ""}}, f.partitions)
	equal(t, false, f.detail.KeptColumns)

	answer := func(serde string) []row {
		return cells("# col_name|data_type|comment", "a|bigint|from deserializer", "||", "# Detailed Table Information|~|~",
			"Table Type:|MANAGED_TABLE|~", "# Storage Information|~|~", "SerDe Library:|"+serde+"|~")
	}
	for serde, want := range map[string]string{avro: "", lazySimple: noComment} { // which somebody may have given
		r := newTextReader()
		fine(t, r.read(linesOf(answer(serde))))
		equal(t, []field{{"a", "bigint", want}}, r.columns)
	}
}
