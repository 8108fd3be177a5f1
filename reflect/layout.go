package hivereflect

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/schema"
)

// format is what STORED AS stands for.
type format struct{ name, input, output, serde string }

const (
	ioPackage    = "org.apache.hadoop.hive.ql.io."
	serdePackage = "org.apache.hadoop.hive.serde2."
	lazySimple   = serdePackage + "lazy.LazySimpleSerDe"
	textInput    = "org.apache.hadoop.mapred.TextInputFormat"
	textOutput   = ioPackage + "HiveIgnoreKeyTextOutputFormat"
	seqInput     = "org.apache.hadoop.mapred.SequenceFileInputFormat"
)

// formats are those of org.apache.hadoop.hive.ql.io.StorageFormatFactory. What stands first is what Hive writes; the
// others were written by older versions.
var formats = []format{
	{"TEXTFILE", textInput, textOutput, lazySimple},
	{"TEXTFILE", textInput, ioPackage + "IgnoreKeyTextOutputFormat", lazySimple},
	{"JSONFILE", textInput, textOutput, serdePackage + "JsonSerDe"},
	{"SEQUENCEFILE", seqInput, ioPackage + "HiveSequenceFileOutputFormat", lazySimple},
	{"SEQUENCEFILE", seqInput, "org.apache.hadoop.mapred.SequenceFileOutputFormat", lazySimple},
	{"RCFILE", ioPackage + "RCFileInputFormat", ioPackage + "RCFileOutputFormat", serdePackage + "columnar.LazyBinaryColumnarSerDe"},
	{"ORC", ioPackage + "orc.OrcInputFormat", ioPackage + "orc.OrcOutputFormat", ioPackage + "orc.OrcSerde"},
	{
		"PARQUET", ioPackage + "parquet.MapredParquetInputFormat", ioPackage + "parquet.MapredParquetOutputFormat",
		ioPackage + "parquet.serde.ParquetHiveSerDe",
	},
	{
		"AVRO", ioPackage + "avro.AvroContainerInputFormat", ioPackage + "avro.AvroContainerOutputFormat",
		serdePackage + "avro.AvroSerDe",
	},
}

// storage says how the files are read and written: by a format's name where that says it all, else by classes.
func (d *Detail) storage() []schema.Attr {
	properties := maps.Clone(d.SerDeProperties)
	if v, ok := properties["serialization.format"]; ok && (v == "1" || v == properties["field.delim"]) {
		delete(properties, "serialization.format") // which says nothing then
	}
	if provider := d.provider(); provider != "" {
		delete(properties, "path")
		return []schema.Attr{dialect.Using(provider, properties)}
	}
	if handler := d.Properties["storage_handler"]; handler != "" {
		return []schema.Attr{dialect.StoredBy(handler, properties)}
	}
	serde := dialect.SerDe(d.SerDe, properties)
	name := formatName(d.InputFormat, d.OutputFormat, d.SerDe)
	rest := maps.Clone(properties)
	maps.DeleteFunc(rest, isDelimiter)
	switch {
	case name != "" && len(properties) == 0:
		return []schema.Attr{dialect.StoredAs(name)}
	case name != "" && d.SerDe == lazySimple && len(rest) == 0:
		if row := delimited(properties); row != (dialect.RowFormatDelimited{}) {
			return []schema.Attr{row, dialect.StoredAs(name)}
		}
		return []schema.Attr{dialect.StoredAs(name)}
	case d.InputFormat == "" || d.OutputFormat == "":
		return nil
	case d.SerDe == "":
		return []schema.Attr{dialect.StoredAsClasses(d.InputFormat, d.OutputFormat)}
	case formatName(d.InputFormat, d.OutputFormat, lazySimple) == "TEXTFILE": // which leaves the rows to the SerDe
		return []schema.Attr{serde, dialect.StoredAs("TEXTFILE")}
	}
	return []schema.Attr{serde, dialect.StoredAsClasses(d.InputFormat, d.OutputFormat)}
}

func formatName(input, output, serde string) string {
	for _, f := range formats {
		if f.input == input && f.output == output && f.serde == serde {
			return f.name
		}
	}
	return ""
}

// delimiters are the properties in which Hive keeps ROW FORMAT DELIMITED, with what they are when nothing is said.
// Before 4.0 one was misspelt.
var delimiters = map[string]string{
	"field.delim":               "\x01",
	"escape.delim":              "",
	"collection.delim":          "\x02",
	"colelction.delim":          "\x02",
	"mapkey.delim":              "\x03",
	"line.delim":                "\n",
	"serialization.null.format": `\N`,
}

func isDelimiter(property, _ string) bool {
	_, is := delimiters[property]
	return is
}

// delimited has the delimiters that are not Hive's own.
func delimited(properties map[string]string) dialect.RowFormatDelimited {
	other := func(property string) string {
		if v := properties[property]; v != delimiters[property] {
			return v
		}
		return ""
	}
	row := dialect.RowFormatDelimited{
		Fields:     other("field.delim"),
		Escaped:    other("escape.delim"),
		Collection: cmp.Or(other("collection.delim"), other("colelction.delim")),
		MapKeys:    other("mapkey.delim"),
		Lines:      other("line.delim"),
		NullAs:     other("serialization.null.format"),
	}
	if row.Escaped != "" && row.Fields == "" { // the grammar has the one behind the other
		row.Fields = delimiters["field.delim"]
	}
	return row
}

// atHome tells whether the files lie where the database puts those of a table for which nothing is said.
func (f *found) atHome() bool {
	parent, folder := path.Split(cleanURL(f.detail.Location))
	return folder == folderName(f.Name) && slices.ContainsFunc(f.homes, func(home string) bool {
		return cleanURL(home) == cleanURL(parent)
	})
}

// cleanURL makes URLs of one folder the same: Hadoop writes file:/a as file:///a, too.
func cleanURL(url string) string {
	scheme, rest, ok := strings.Cut(url, ":")
	if !ok {
		scheme, rest = "", url
	}
	if rest, ok = strings.CutPrefix(rest, "///"); ok {
		rest = "/" + rest
	}
	return scheme + ":" + strings.TrimRight(rest, "/")
}

// folderName is the name of a table's folder: see MetaStoreUtils.encodeTableName.
func folderName(table string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(table) {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else {
			b.WriteString("-" + strconv.Itoa(int(r)) + "-")
		}
	}
	return b.String()
}

// bookkeeping are the properties of tables that Hive, Spark and Iceberg write for themselves, or that another attribute
// tells.
var bookkeeping = []string{
	"EXTERNAL", "TRANSLATED_TO_EXTERNAL", "comment", "transactional", "transactional_properties", "storage_handler",
	"bucketing_version", "transient_lastDdlTime", "last_modified_by", "last_modified_time", "created_with_ctas",
	"COLUMN_STATS_ACCURATE", "DO_NOT_UPDATE_STATS", "STATS_GENERATED", "STATS_GENERATED_VIA_STATS_TASK",
	"numFiles", "numFilesErasureCoded", "numPartitions", "numRows", "rawDataSize", "totalSize",
	"metadata_location", "previous_metadata_location", "table_type", "uuid", "current-schema", "current-snapshot-id",
	"current-snapshot-summary", "current-snapshot-timestamp-ms", "default-partition-spec", "snapshot-count",
}

// own are the properties that someone has given to the table.
func (d *Detail) own() map[string]string {
	own := map[string]string{}
	for name, v := range d.Properties {
		switch {
		case slices.Contains(bookkeeping, name), strings.HasPrefix(name, "spark.sql."):
		case name == "external.table.purge" && d.is("TRANSLATED_TO_EXTERNAL", "true"):
		default:
			own[name] = v
		}
	}
	return own
}
