package hivereflect

import (
	"cmp"
	"encoding/json"
	"iter"
	"maps"
	"slices"

	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/toolkit/schema"
)

// jsonAnswer is that of DESCRIBE EXTENDED where hive.ddl.output.format is json: the metastore's objects, as Jackson writes them
// by their getters (JsonMetaDataFormatter), so that they have the names that Thrift has for them. There is more in it than is
// wanted here.
type jsonAnswer struct {
	Columns        []struct{ Name, Type, Comment string }
	TableInfo      *hms.Table
	PartitionInfo  *hms.Partition
	PrimaryKeyInfo struct {
		ConstraintName string
		ColNames       map[int]string // by position
		flags
	}
	ForeignKeyInfo struct {
		ForeignKeys map[string][]foreignKeyColumn
	}
	UniqueConstraintInfo struct {
		UniqueConstraints map[string][]uniqueColumn
	}
	NotNullConstraintInfo struct {
		NotNullConstraints map[string]string
	}
	DefaultConstraintInfo struct {
		DefaultConstraints map[string][]struct{ ColName, DefaultVal string }
	}
	CheckConstraintInfo struct {
		CheckConstraints map[string][]struct {
			CheckExpression string
			flags
		}
	}
}

type foreignKeyColumn struct {
	ParentDatabaseName, ParentTableName, ParentColName string
	ChildColName                                       string
	Position                                           int
	flags
}

type uniqueColumn struct {
	ColName  string
	Position int
	flags
}

// flags are what Hive 4 tells of a constraint. Before, none was enforced but for the conditions of Hive 3, unless DISABLE said
// otherwise, which is not told.
type flags struct{ Enable, Rely string }

func (f flags) notEnforced() bool { return f.Enable != "ENABLE" }
func (f flags) rely() bool        { return f.Rely == "RELY" }

// readAnswer reads what DESCRIBE EXTENDED tells in JSON.
func readAnswer(text string) (*jsonAnswer, error) {
	var a jsonAnswer
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return nil, &DescribeError{Line: 1, Text: text, Reason: err.Error()}
	}
	return &a, nil
}

// readJSON reads a table.
func readJSON(text string) (*found, error) {
	a, err := readAnswer(text)
	if err != nil {
		return nil, err
	}
	if a.TableInfo == nil {
		return nil, &DescribeError{Line: 1, Text: text, Reason: "there is no tableInfo"}
	}
	var columns []field
	if tableMakesColumns(a.TableInfo) {
		for _, c := range a.Columns {
			columns = append(columns, field{c.Name, c.Type, c.Comment})
		}
	}
	f := readTable(a.TableInfo, columns, true, nil)
	f.columns = without(f.columns, f.partitions) // Hive 2.3 has them at the end of the others, too
	a.constraints(f)
	return f, nil
}

func (d *jsonAnswer) constraints(f *found) {
	if k := d.PrimaryKeyInfo; len(k.ColNames) > 0 {
		f.primaryKey = &schema.PrimaryKey{Name: k.ConstraintName, NotEnforced: k.notEnforced(), Rely: k.rely()}
		for _, i := range slices.Sorted(maps.Keys(k.ColNames)) {
			f.primaryKey.Columns = append(f.primaryKey.Columns, k.ColNames[i])
		}
	}
	for name, columns := range byName(d.ForeignKeyInfo.ForeignKeys) {
		k := schema.ForeignKey{Name: name}
		slices.SortFunc(columns, func(a, b foreignKeyColumn) int { return cmp.Compare(a.Position, b.Position) })
		for _, c := range columns {
			k.RefSchema, k.RefTable, k.NotEnforced, k.Rely = c.ParentDatabaseName, c.ParentTableName, c.notEnforced(), c.rely()
			k.Columns, k.RefColumns = append(k.Columns, c.ChildColName), append(k.RefColumns, c.ParentColName)
		}
		f.foreignKeys = append(f.foreignKeys, k)
	}
	for name, columns := range byName(d.UniqueConstraintInfo.UniqueConstraints) {
		k := schema.Unique{Name: name}
		slices.SortFunc(columns, func(a, b uniqueColumn) int { return cmp.Compare(a.Position, b.Position) })
		for _, c := range columns {
			k.Columns, k.NotEnforced, k.Rely = append(k.Columns, c.ColName), c.notEnforced(), c.rely()
		}
		f.unique = append(f.unique, k)
	}
	for name, conditions := range byName(d.CheckConstraintInfo.CheckConstraints) {
		for _, c := range conditions {
			f.checks = append(f.checks, schema.Check{
				Name: name, Condition: schema.SQL(c.CheckExpression), NotEnforced: c.Enable != "" && c.notEnforced(), Rely: c.rely(),
			})
		}
	}
	for _, column := range d.NotNullConstraintInfo.NotNullConstraints {
		f.notNull[column] = true
	}
	for _, columns := range d.DefaultConstraintInfo.DefaultConstraints {
		for _, c := range columns {
			f.defaults[c.ColName] = c.DefaultVal
		}
	}
}

// byName goes through a map in the order of its keys.
func byName[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// without is columns but for those by which the table is partitioned.
func without(columns, partitions []field) []field {
	return slices.DeleteFunc(columns, func(c field) bool {
		return slices.ContainsFunc(partitions, func(p field) bool { return p.name == c.name })
	})
}
