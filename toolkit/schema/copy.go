package schema

import (
	"maps"
	"slices"
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

// over returns the declaration of a table as it was, and of what d says on top of that.
func (d *declaration) over(t *Table) *declaration {
	all := t.declaration()
	all.wrong = d.wrong
	if d.comment != "" {
		all.comment = d.comment
	}
	if d.info != nil {
		all.info = d.info
	}
	if slices.ContainsFunc(d.items, isPrimaryKey) {
		all.dropPrimaryKey()
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
