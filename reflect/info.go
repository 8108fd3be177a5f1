package hivereflect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/schema"
)

// info says what a table means.
func (f *found) info() *schema.TableInfo {
	t := &schema.TableInfo{Relation: f.relation()}
	for _, c := range slices.Concat(f.columns, f.partitions) {
		t.Columns = append(t.Columns, f.column(c))
	}
	t.Constraints = f.constraints()
	f.decide()
	if t.Kind == schema.BaseTable {
		t.Attrs = f.attrs()
	} else {
		t.Definition = f.definition
	}
	t.Attrs = append(t.Attrs, f.detail)
	return t
}

func (f *found) relation() schema.Relation {
	r := f.Relation
	r.Kind = relationKind(f.tableType)
	if r.Comment == "" {
		r.Comment = f.detail.Properties["comment"]
	}
	return r
}

// relationKind reads the metastore's word for what a table is, and Spark's.
func relationKind(tableType string) schema.RelationKind {
	switch strings.ToUpper(tableType) {
	case "VIRTUAL_VIEW", "VIEW":
		return schema.View
	case "MATERIALIZED_VIEW":
		return schema.MaterializedView
	}
	return schema.BaseTable
}

// column makes a column. One whose type cannot be read is there nevertheless: the table's others are worth having.
func (f *found) column(c field) *schema.Column {
	typ, err := f.types.read(c.typ)
	if err != nil {
		typ = schema.Null
		f.detail.Unread = append(f.detail.Unread, &TypeError{f.Schema, f.Name, c.name, c.typ, err})
	}
	column := schema.Col(c.name, typ, schema.Comment(c.comment))
	column.NotNull = f.notNull[strings.ToLower(c.name)]
	if text, ok := f.defaults[strings.ToLower(c.name)]; ok {
		column.ServerDefault = schema.SQL(text)
	}
	return column
}

// types are those that were read before, by their texts: the columns of many tables have few between them.
type types map[string]schema.Type

// read reads a type. A nil map forgets it.
func (t types) read(text string) (schema.Type, error) {
	if typ, ok := t[text]; ok {
		return typ, nil
	}
	typ, err := schema.ParseType(text)
	if t != nil && err == nil {
		t[text] = typ
	}
	return typ, err
}

// constraints are in the order of what they are about: they have no other that every server tells. Names that Hive made
// up are left out, as they would be taken where the table is created once more.
func (f *found) constraints() []schema.Item {
	var items []schema.Item
	if f.primaryKey != nil {
		k := *f.primaryKey
		k.Name = given(k.Name)
		items = append(items, k)
	}
	slices.SortFunc(f.unique, func(a, b schema.Unique) int { return slices.Compare(a.Columns, b.Columns) })
	for _, k := range f.unique {
		k.Name = given(k.Name)
		items = append(items, k)
	}
	slices.SortFunc(f.foreignKeys, func(a, b schema.ForeignKey) int { return slices.Compare(a.Columns, b.Columns) })
	for _, k := range f.foreignKeys {
		k.Name = given(k.Name)
		items = append(items, k)
	}
	if f.enclosed {
		for i, k := range f.checks {
			f.checks[i].Condition = schema.SQL(withoutParentheses(fmt.Sprint(k.Condition)))
		}
	}
	slices.SortFunc(f.checks, func(a, b schema.Check) int {
		return strings.Compare(fmt.Sprint(a.Condition), fmt.Sprint(b.Condition))
	})
	for _, k := range f.checks {
		k.Name = given(k.Name)
		k.Rely = k.Rely && k.NotEnforced // what is enforced can be relied on, and Hive says so
		items = append(items, k)
	}
	return items
}

// withoutParentheses takes away a pair that encloses all of a condition. Hive 3 keeps that of CHECK (…) with the condition,
// and a table that is made of what was found would have one pair more each time.
func withoutParentheses(condition string) string {
	inner, ok := within(condition, "(", ")")
	open, quote := 1, byte(0)
	for i := 0; ok && i < len(inner); i++ {
		switch c := inner[i]; {
		case quote != 0 && c == '\\' && quote != '`':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '(':
			open++
		case c == ')':
			if open--; open == 0 {
				return condition
			}
		}
	}
	if !ok {
		return condition
	}
	return inner
}

// given is the name of a constraint that somebody has given, or "".
func given(name string) string {
	if madeUp.MatchString(name) {
		return ""
	}
	return name
}

// madeUp are the names that Hive makes of hashes and the time (ConstraintsUtils, HiveMetaStore.addPrimaryKeys).
var madeUp = regexp.MustCompile(`^[a-z]{2}_-?\d+_\d+_\d+$`)

// decide fills in what follows from the properties.
func (f *found) decide() {
	d := &f.detail
	if d.Properties == nil {
		d.Properties = map[string]string{}
	}
	if d.SerDeProperties == nil {
		d.SerDeProperties = map[string]string{}
	}
	d.External = strings.EqualFold(f.tableType, "EXTERNAL_TABLE") || strings.EqualFold(f.tableType, "EXTERNAL")
	d.External = d.External && !d.is("TRANSLATED_TO_EXTERNAL", "true")
	d.Transactional = d.is("transactional", "true")
	d.InsertOnly = d.Transactional && d.is("transactional_properties", "insert_only")
	for _, c := range f.partitions {
		d.PartitionColumns = append(d.PartitionColumns, c.name)
	}
	if path := d.SerDeProperties["path"]; path != "" && d.provider() != "" {
		d.Location = path // Spark has a placeholder in the other place
	}
}

func (d *Detail) is(property, value string) bool {
	return strings.EqualFold(d.Properties[property], value)
}

// provider is Spark's source that a table is of, or "" for a table of Hive's.
func (d *Detail) provider() string {
	if p := d.Properties["spark.sql.sources.provider"]; !strings.EqualFold(p, "hive") {
		return p
	}
	return ""
}

// attrs are what CREATE TABLE says about the layout.
func (f *found) attrs() []schema.Attr {
	var all []schema.Attr
	d := &f.detail
	if len(d.PartitionColumns) > 0 {
		all = append(all, dialect.PartitionedBy(d.PartitionColumns...))
	}
	if b := f.buckets; b.count > 0 && len(b.columns) > 0 {
		all = append(all, dialect.ClusteredBy(b.columns...).SortedBy(b.sortKeys()...).Into(b.count))
	}
	if s := f.skew; len(s.columns) > 0 && len(s.values) > 0 {
		all = append(all, s.attr())
	}
	if d.External && d.provider() == "" { // Spark knows its own external tables by their location
		all = append(all, dialect.External())
	}
	if f.Temporary {
		all = append(all, dialect.Temporary())
	}
	if d.Transactional {
		acid := dialect.Transactional()
		if d.InsertOnly {
			acid = acid.InsertOnly()
		}
		all = append(all, acid)
	}
	all = append(all, d.storage()...)
	if d.Location != "" && !f.atHome() {
		all = append(all, dialect.Location(d.Location))
	}
	if p := d.own(); len(p) > 0 {
		all = append(all, dialect.TblProperties(p))
	}
	return all
}

func (b buckets) sortKeys() []string {
	var keys []string
	for _, s := range b.sort {
		key := s.name
		if s.descending {
			key = "-" + key
		}
		keys = append(keys, key)
	}
	return keys
}

// attr gives the values as the texts that the metastore has.
func (s skew) attr() schema.Attr {
	a := dialect.SkewedBy(s.columns...)
	a.Directories = s.directories
	for _, row := range s.values {
		var values []any
		for _, v := range row {
			values = append(values, v)
		}
		a.Values = append(a.Values, values)
	}
	return a
}
