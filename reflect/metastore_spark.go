package hivereflect

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/skep-go/skep/toolkit/schema"
)

// sparkPrefix begins the properties in which Spark keeps what the metastore has no place for. See HiveExternalCatalog.
const sparkPrefix = "spark.sql.sources."

// readSpark takes from a table's properties what Spark has put there.
func (f *found) readSpark() {
	p := f.detail.Properties
	text, ok := p[sparkPrefix+"schema"]
	if !ok {
		text = strings.Join(numbered(p, "schema.numParts", "schema.part."), "")
	}
	var spark sparkType
	switch {
	case text == "" || json.Unmarshal([]byte(text), &spark) != nil || spark.Type != "struct":
	case f.detail.provider() != "":
		f.readSparkSchema(spark.Fields)
	default:
		f.readSparkNames(spark.Fields)
	}
}

// readSparkNames gives the columns of a table of Hive's the names by which Spark knows them: the metastore has these in
// lower case. If they differ in more than that, Hive has changed the table since, which Spark follows.
func (f *found) readSparkNames(spark []sparkField) {
	names := map[string]string{}
	for _, c := range spark {
		names[strings.ToLower(c.Name)] = c.Name
	}
	if len(names) != len(f.columns)+len(f.partitions) {
		return
	}
	for _, columns := range [][]field{f.columns, f.partitions} {
		for _, c := range columns {
			if names[c.name] == "" {
				return
			}
		}
	}
	for _, columns := range [][]field{f.columns, f.partitions} {
		for i := range columns {
			columns[i].name = names[columns[i].name]
		}
	}
}

// readSparkSchema takes the columns and buckets of a table of Spark's sources. The metastore has them only if Hive can read
// the table, too, and in lower case; else there is a column that means nothing.
func (f *found) readSparkSchema(spark []sparkField) {
	if len(spark) != len(f.columns)+len(f.partitions) && !f.placeholder() {
		return // Hive has changed the table since, which Spark follows
	}
	p := f.detail.Properties
	f.columns = nil
	partitions := numbered(p, "schema.numPartCols", "schema.partCol.")
	byName := map[string]field{}
	for _, c := range spark {
		column := field{c.Name, c.text(0), c.Metadata.Comment}
		byName[strings.ToLower(c.Name)] = column
		if !containsFold(partitions, c.Name) {
			f.columns = append(f.columns, column)
		}
	}
	f.partitions = nil
	for _, name := range partitions {
		if c, ok := byName[strings.ToLower(name)]; ok {
			f.partitions = append(f.partitions, c)
		}
	}
	f.buckets = buckets{columns: numbered(p, "schema.numBucketCols", "schema.bucketCol.")}
	f.buckets.count, _ = strconv.Atoi(p[sparkPrefix+"schema.numBuckets"])
	for _, name := range numbered(p, "schema.numSortCols", "schema.sortCol.") {
		f.buckets.sort = append(f.buckets.sort, sortColumn{name: name})
	}
}

// placeholder tells whether the columns are those that Spark writes for a table that Hive cannot read.
func (f *found) placeholder() bool {
	return len(f.columns) == 1 && f.columns[0].name == "col" && f.columns[0].typ == "array<string>"
}

// numbered are the values of properties that are numbered from 0, of which another one tells the count.
func numbered(properties map[string]string, count, prefix string) []string {
	n, _ := strconv.Atoi(properties[sparkPrefix+count])
	var all []string
	for i := range n {
		v, ok := properties[sparkPrefix+prefix+strconv.Itoa(i)]
		if !ok {
			break
		}
		all = append(all, v)
	}
	return all
}

func containsFold(list []string, name string) bool {
	for _, s := range list {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

// sparkField is a field of a struct as org.apache.spark.sql.types.StructType writes it.
type sparkField struct {
	Name     string          `json:"name"`
	Type     json.RawMessage `json:"type"`
	Metadata struct {
		Comment string `json:"comment"`
		// Text is the type of which Spark has made a string.
		Text string `json:"__CHAR_VARCHAR_TYPE_STRING"`
	} `json:"metadata"`
}

// sparkType is a type with parts.
type sparkType struct {
	Type    string          `json:"type"`
	Fields  []sparkField    `json:"fields"`
	Element json.RawMessage `json:"elementType"`
	Key     json.RawMessage `json:"keyType"`
	Value   json.RawMessage `json:"valueType"`
}

func (f sparkField) text(depth int) string {
	if f.Metadata.Text != "" {
		return f.Metadata.Text
	}
	return sparkTypeText(f.Type, depth)
}

// sparkNames are the simple types that have another name in JSON than in SQL.
var sparkNames = map[string]string{
	"integer": "int", "long": "bigint", "short": "smallint", "byte": "tinyint",
}

// sparkTypeText writes a type as SQL does. One that is not understood stays as it is, for somebody to read.
func sparkTypeText(raw json.RawMessage, depth int) string {
	var name string
	if json.Unmarshal(raw, &name) == nil {
		if sql, ok := sparkNames[name]; ok {
			return sql
		}
		return name
	}
	var t sparkType
	if depth > schema.MaxDepth || json.Unmarshal(raw, &t) != nil {
		return string(raw)
	}
	switch depth++; t.Type {
	case "array":
		return "array<" + sparkTypeText(t.Element, depth) + ">"
	case "map":
		return "map<" + sparkTypeText(t.Key, depth) + "," + sparkTypeText(t.Value, depth) + ">"
	case "struct":
		var fields []string
		for _, f := range t.Fields {
			fields = append(fields, "`"+strings.ReplaceAll(f.Name, "`", "``")+"`:"+f.text(depth))
		}
		return "struct<" + strings.Join(fields, ",") + ">"
	}
	return string(raw)
}
