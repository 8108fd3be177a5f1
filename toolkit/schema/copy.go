package schema

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// CopyOption says how a copy differs: [In] which schema it is, or [As] what.
type CopyOption interface{ copyOption(*declaration) }

// As is the name of a table's copy.
type As string

func (s As) copyOption(d *declaration) { d.name = string(s) }
func (s In) copyOption(d *declaration) { d.schema = s }

// CopyTo declares a table like this one in md. It is in the same schema, unless an option says another one; its foreign
// keys to tables of this schema are then to tables of the other.
func (t *Table) CopyTo(md *MetaData, opts ...CopyOption) *Table {
	if md == nil {
		md = NewMetaData()
	}
	d := t.declaration()
	for _, o := range opts {
		if isNil(o) {
			d.wrong = append(d.wrong, errNilItem)
			continue
		}
		o.copyOption(d)
	}
	for _, c := range d.columns {
		t.moveForeignKeys(c.items, d)
	}
	t.moveForeignKeys(d.items, d)
	return md.declare(d)
}

// moveForeignKeys has the keys of a copy go to the tables beside it.
func (t *Table) moveForeignKeys(items []Item, d *declaration) {
	for i, item := range items {
		k, ok := item.(ForeignKey)
		if !ok {
			continue
		}
		k.RefSchema = t.md.schemaOr(k.RefSchema)
		if fold(k.RefSchema) == fold(t.Schema) {
			k.RefSchema = string(d.schema)
			if fold(k.RefTable) == fold(t.Name) { // its own rows are the parents
				k.RefTable = d.name
			}
		}
		items[i] = k
	}
}

// declaration returns what was said about the table, to be said again.
func (t *Table) declaration() *declaration {
	d := &declaration{
		name: t.Name, schema: In(t.Schema), comment: Comment(t.Comment), info: maps.Clone(t.Info),
		items: slices.Clone(t.items),
	}
	for _, c := range t.columns {
		d.columns = append(d.columns, c.clone())
	}
	return d
}

// over returns the declaration all, and what d says on top of that: an item takes the place of the one that is its like.
func (d *declaration) over(all *declaration) *declaration {
	all.wrong, all.strict = append(all.wrong, d.wrong...), all.strict || d.strict
	if d.comment != "" {
		all.comment = d.comment
	}
	if d.info != nil {
		all.info = d.info
	}
	if slices.ContainsFunc(d.items, isPrimaryKey) {
		all.dropPrimaryKey()
	}
	for _, item := range d.items {
		all.drop(item)
	}
	all.items = append(all.items, d.items...)
	for _, c := range d.columns {
		i := slices.IndexFunc(all.columns, func(old *Column) bool {
			return fold(old.Name) == fold(c.Name) && !slices.Contains(d.columns, old)
		})
		if i < 0 {
			all.columns = append(all.columns, c)
		} else {
			all.columns[i] = c
		}
	}
	return all
}

// drop takes out the item in whose place this one is.
func (d *declaration) drop(item Item) {
	d.items = slices.DeleteFunc(d.items, func(old Item) bool { return alike(old, item) })
	for _, c := range d.columns {
		c.items = slices.DeleteFunc(c.items, func(old Item) bool { return alike(on(old, c), item) })
	}
}

// on is a constraint or an index of a column as one of the table.
func on(item Item, c *Column) Item {
	columns := []string{c.Name}
	switch k := item.(type) {
	case Unique:
		if len(k.Columns) == 0 {
			k.Columns = columns
		}
		return k
	case ForeignKey:
		if len(k.Columns) == 0 {
			k.Columns = columns
		}
		return k
	case Index:
		if len(k.Columns)+len(k.Exprs) == 0 {
			k.Columns = columns
		}
		return k
	}
	return item
}

// alike reports whether two items of a table have the same name, or say the same without having names that differ.
func alike(a, b Item) bool {
	if reflect.TypeOf(a) != reflect.TypeOf(b) {
		return false
	}
	switch a := a.(type) {
	case Unique:
		b := b.(Unique)
		return sameName(a.Name, b.Name, slices.EqualFunc(a.Columns, b.Columns, strings.EqualFold))
	case ForeignKey:
		b := b.(ForeignKey)
		return sameName(a.Name, b.Name, slices.EqualFunc(a.Columns, b.Columns, strings.EqualFold) &&
			strings.EqualFold(a.RefTable, b.RefTable))
	case Check:
		b := b.(Check)
		return sameName(a.Name, b.Name, reflect.DeepEqual(asSQL(a.Condition), asSQL(b.Condition)))
	case Index:
		b := b.(Index)
		return sameName(a.Name, b.Name, len(a.Exprs)+len(b.Exprs) == 0 &&
			slices.EqualFunc(a.Columns, b.Columns, strings.EqualFold))
	}
	_, isAttr := a.(Attr)
	return isAttr
}

func sameName(a, b string, otherwise bool) bool {
	if a != "" && b != "" {
		return strings.EqualFold(a, b)
	}
	return otherwise
}

func isPrimaryKey(item Item) bool {
	_, ok := item.(PrimaryKey)
	return ok
}

func (d *declaration) dropPrimaryKey() {
	d.items = slices.DeleteFunc(d.items, isPrimaryKey)
	for _, c := range d.columns {
		c.PrimaryKey = false
		c.items = slices.DeleteFunc(c.items, isPrimaryKey)
	}
}

// empty reports whether nothing is said but the name.
func (d *declaration) empty() bool {
	return d.comment == "" && d.info == nil && len(d.columns) == 0 && len(d.items) == 0 && len(d.wrong) == 0
}
