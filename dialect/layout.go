package dialect

import (
	"maps"
	"slices"

	"github.com/skep-go/skep/toolkit/schema"
)

// ExternalTable is the attribute of a table whose files stay when it is dropped. See [External].
type ExternalTable struct{ schema.AttrBase }

// External says that the files of a table are not Hive's: they stay when the table is dropped.
func External() ExternalTable { return ExternalTable{} }

// TemporaryTable is the attribute of a table that goes with its session. See [Temporary].
type TemporaryTable struct{ schema.AttrBase }

// Temporary says that a table is seen by its session only, and goes with it.
func Temporary() TemporaryTable { return TemporaryTable{} }

// TransactionalTable is the attribute of a table whose rows can be changed. See [Transactional].
type TransactionalTable struct {
	schema.AttrBase
	Inserts bool // of InsertOnly
}

// Transactional says that the rows of a table can be updated and deleted. Its files are ORC; in Hive 2 it has buckets.
func Transactional() TransactionalTable { return TransactionalTable{} }

// InsertOnly leaves it at inserts that are seen as a whole, for files of any format.
func (t TransactionalTable) InsertOnly() TransactionalTable { t.Inserts = true; return t }

// PartitionTransforms is the attribute of a table whose rows lie in partitions by what is computed of them.
type PartitionTransforms struct {
	schema.AttrBase
	Transforms []PartitionTransform
}

// PartitionedBySpec says by which transforms of its columns a table is partitioned that is StoredBy("ICEBERG", nil).
func PartitionedBySpec(transforms ...PartitionTransform) PartitionTransforms {
	return PartitionTransforms{Transforms: slices.Clone(transforms)}
}

// PartitionTransform makes the value of a partition of that of a column.
type PartitionTransform struct {
	Func   string // "", BUCKET, TRUNCATE, YEAR, MONTH, DAY or HOUR
	N      int    // of BUCKET and TRUNCATE
	Column string // by key or name
}

// ByValue has a partition for each value of a column.
func ByValue(column string) PartitionTransform { return PartitionTransform{Column: column} }

// ByBucket has n partitions, by a hash of the column.
func ByBucket(n int, column string) PartitionTransform {
	return PartitionTransform{"BUCKET", n, column}
}

// ByTruncated has a partition for all values that begin with the same n characters, or are the same to n.
func ByTruncated(n int, column string) PartitionTransform {
	return PartitionTransform{"TRUNCATE", n, column}
}

// ByYear has a partition for each year.
func ByYear(column string) PartitionTransform { return PartitionTransform{"YEAR", 0, column} }

// ByMonth has a partition for each month.
func ByMonth(column string) PartitionTransform { return PartitionTransform{"MONTH", 0, column} }

// ByDay has a partition for each day.
func ByDay(column string) PartitionTransform { return PartitionTransform{"DAY", 0, column} }

// ByHour has a partition for each hour.
func ByHour(column string) PartitionTransform { return PartitionTransform{"HOUR", 0, column} }

// Skewing is the attribute of a table in which some values are very frequent.
type Skewing struct {
	schema.AttrBase
	Columns     []string // by key or name
	Values      [][]any  // each has a value for every column
	Directories bool     // of StoredAsDirectories
}

// SkewedBy names columns in which some values are very frequent: SkewedBy("carrier").On([]any{"UA"}, []any{"B6"}).
func SkewedBy(columns ...string) Skewing { return Skewing{Columns: slices.Clone(columns)} }

// On says which values are frequent. Each has a value for every column.
func (s Skewing) On(values ...[]any) Skewing { s.Values = slices.Clone(values); return s }

// StoredAsDirectories puts the rows of each frequent value into a folder of its own.
func (s Skewing) StoredAsDirectories() Skewing { s.Directories = true; return s }

// RowFormatDelimited is the attribute of a table of text: what stands between the fields. What is empty is left to Hive.
type RowFormatDelimited struct {
	schema.AttrBase
	Fields, Escaped, Collection, MapKeys, Lines string
	NullAs                                      string
}

// RowSerDe is the attribute of a table whose rows are read and written by a class. See [SerDe].
type RowSerDe struct {
	schema.AttrBase
	Class      string
	Properties map[string]string
}

// SerDe names the class that reads and writes the rows of a table, and what it is told.
func SerDe(class string, properties map[string]string) RowSerDe {
	return RowSerDe{Class: class, Properties: maps.Clone(properties)}
}

// Storage is the attribute of a table that says what its files are. See [StoredAs], [StoredAsClasses], [StoredBy] and
// [Using].
type Storage struct {
	schema.AttrBase
	Format        string // as ORC
	Input, Output string // classes
	Handler       string // a class, or ICEBERG
	Provider      string // of Spark
	Properties    map[string]string
}

// StoredAs says in which format the files of a table are: TEXTFILE, SEQUENCEFILE, RCFILE, ORC, PARQUET, AVRO, JSONFILE.
func StoredAs(format string) Storage { return Storage{Format: format} }

// StoredAsClasses names the classes that read and write the files of a table.
func StoredAsClasses(input, output string) Storage { return Storage{Input: input, Output: output} }

// StoredBy names the class that keeps the rows of a table elsewhere, and what it is told; or "ICEBERG".
func StoredBy(handler string, properties map[string]string) Storage {
	return Storage{Handler: handler, Properties: maps.Clone(properties)}
}

// Using says which of Spark's sources a table is of, such as PARQUET, and what that is told.
func Using(provider string, options map[string]string) Storage {
	return Storage{Provider: provider, Properties: maps.Clone(options)}
}

// FileLocation is the attribute of a table whose files lie where it says. See [Location].
type FileLocation struct {
	schema.AttrBase
	Path string
}

// Location says where the files of a table lie.
func Location(path string) FileLocation { return FileLocation{Path: path} }

// TableProperties is the attribute of a table with properties. See [TblProperties].
type TableProperties struct {
	schema.AttrBase
	Properties map[string]string
}

// TblProperties are properties of a table: those that Hive knows, and any others.
func TblProperties(properties map[string]string) TableProperties {
	return TableProperties{Properties: maps.Clone(properties)}
}
