package hivereflect

import (
	"strings"
	"testing"

	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
)

// TestSparkSchema reads what Spark 3.5 writes for CREATE TABLE … USING json PARTITIONED BY … CLUSTERED BY …
func TestSparkSchema(t *testing.T) {
	const text = `{"type":"struct","fields":[{"name":"Id","type":"long","nullable":true,"metadata":{"comment":"its number"}},` +
		`{"name":"v","type":"string","nullable":true,"metadata":{"__CHAR_VARCHAR_TYPE_STRING":"varchar(7)"}},` +
		`{"name":"n","type":{"type":"array","elementType":{"type":"struct","fields":[{"name":"a b","type":"integer","nullable":true,"metadata":{}},` +
		`{"name":"m","type":{"type":"map","keyType":"string","valueType":"decimal(5,2)","valueContainsNull":true},"nullable":true,"metadata":{}}]},` +
		`"containsNull":true},"nullable":true,"metadata":{}},{"name":"Day","type":"date","nullable":true,"metadata":{}}]}`
	half := len(text) / 2
	buckets := map[string]string{
		"numPartCols": "1", "partCol.0": "Day", "numBuckets": "4", "numBucketCols": "1", "bucketCol.0": "Id", "numSortCols": "1", "sortCol.0": "v",
	}
	for name, split := range map[string]map[string]string{
		"whole": {"": text}, "in parts": {"numParts": "2", "part.0": text[:half], "part.1": text[half:]},
	} {
		properties := map[string]string{sparkPrefix + "provider": "json"}
		for k, v := range split {
			properties[strings.TrimSuffix(sparkPrefix+"schema."+k, ".")] = v
		}
		for k, v := range buckets {
			properties[sparkPrefix+"schema."+k] = v
		}
		info := readTable(&hms.Table{
			DbName: "db", TableName: "t", TableType: "MANAGED_TABLE", Parameters: properties,
			PartitionKeys: []*hms.FieldSchema{{Name: "day", Type: "date"}},
			Sd:            &hms.StorageDescriptor{Cols: []*hms.FieldSchema{{Name: "col", Type: "array<string>"}}, Location: "file:/w/db.db/t"},
		}, nil, true, []string{"file:/w/db.db"}).info()
		st, err := compile.Compile(dialect.New(dialect.Spark35), ddl.CreateTable(declare(t, info)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, _ := st.SQL()
		want := "CREATE TABLE db.t (`Id` BIGINT COMMENT 'its number', v VARCHAR(7), n ARRAY<STRUCT<`a b`:INT,m:MAP<STRING,DECIMAL(5,2)>>>)" +
			" USING json PARTITIONED BY (`Day` DATE) CLUSTERED BY (`Id`) SORTED BY (v) INTO 4 BUCKETS"
		if got != want {
			t.Errorf("%s:\n got  %s\n want %s", name, got, want)
		}
	}
}

// TestSparkNames: the metastore has a table of Hive's with names in lower case, Spark as they were given, and a change that
// Hive has made since is not undone.
func TestSparkNames(t *testing.T) {
	const text = `{"type":"struct","fields":[{"name":"Id","type":"long","nullable":true,"metadata":{}},` +
		`{"name":"Day","type":"date","nullable":true,"metadata":{}}]}`
	for _, tt := range []struct {
		column, want string
	}{
		{"id", "CREATE TABLE db.t (`Id` BIGINT DEFAULT 7) PARTITIONED BY (`Day` DATE) CLUSTERED BY (`Id`) SORTED BY (`Id`) INTO 4 BUCKETS"},
		{"number", "CREATE TABLE db.t (number BIGINT) PARTITIONED BY (day DATE) CLUSTERED BY (number) SORTED BY (number) INTO 4 BUCKETS"},
	} {
		f := readTable(&hms.Table{
			DbName: "db", TableName: "t", TableType: "MANAGED_TABLE", Parameters: map[string]string{sparkPrefix + "schema": text},
			PartitionKeys: []*hms.FieldSchema{{Name: "day", Type: "date"}},
			Sd: &hms.StorageDescriptor{
				Cols: []*hms.FieldSchema{{Name: tt.column, Type: "bigint"}}, Location: "file:/w/db.db/t",
				NumBuckets: 4, BucketCols: []string{tt.column}, SortCols: []*hms.Order{{Col: tt.column, Order: 1}},
			},
		}, nil, true, []string{"file:/w/db.db"})
		f.defaults["id"] = "7"
		st, err := compile.Compile(dialect.New(dialect.Hive40), ddl.CreateTable(declare(t, f.info())))
		if err != nil {
			t.Errorf("%s: %v", tt.column, err)
			continue
		}
		if got, _ := st.SQL(); got != tt.want {
			t.Errorf("%s:\n got  %s\n want %s", tt.column, got, tt.want)
		}
	}
}
