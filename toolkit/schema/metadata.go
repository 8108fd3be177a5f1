package schema

import (
	"errors"
	"slices"
	"sync"
)

// MetaData is a set of tables that know of each other. It is made by [NewMetaData], and safe for concurrent use.
type MetaData struct {
	schema string
	naming Naming
	info   Info

	mu     sync.RWMutex
	home   string   // the schema that tables without one are in, as Reflect has been told, or ""
	tables []*Table // in order of declaration
	byName map[tableName]*Table
	failed []*Table // such as a second one of the same name
}

// tableName is the name of a table, folded.
type tableName struct{ schema, name string }

func nameOf(t *Table) tableName { return tableName{fold(t.Schema), fold(t.Name)} }

// MetaOption says something about a [MetaData]: its [DefaultSchema], its [Naming] convention, or [Info].
type MetaOption interface{ metaOption(*MetaData) }

// DefaultSchema is the schema of tables that are declared without one.
type DefaultSchema string

func (s DefaultSchema) metaOption(md *MetaData) { md.schema = string(s) }
func (i Info) metaOption(md *MetaData)          { md.info = i }

// NewMetaData returns a set without tables.
func NewMetaData(opts ...MetaOption) *MetaData {
	md := &MetaData{byName: map[tableName]*Table{}}
	for _, o := range opts {
		if !isNil(o) {
			o.metaOption(md)
		}
	}
	return md
}

// DefaultSchema returns the schema of tables that are declared without one, or "".
func (md *MetaData) DefaultSchema() string { return md.schema }

// Naming returns how constraints and indexes are named.
func (md *MetaData) Naming() Naming { return md.naming }

// Info returns what the program wanted to find here.
func (md *MetaData) Info() Info { return md.info }

// schemaOr returns the schema, or the default one for "".
func (md *MetaData) schemaOr(schema string) string {
	if schema == "" {
		return md.schema
	}
	return schema
}

// Table finds a table. Without a schema it is that of the default one.
func (md *MetaData) Table(schema, name string) (*Table, bool) {
	md.mu.RLock()
	defer md.mu.RUnlock()
	return md.find(schema, name)
}

// find is Table, with the lock held.
func (md *MetaData) find(schema, name string) (*Table, bool) {
	key := tableName{fold(md.schemaOr(schema)), fold(name)}
	t, ok := md.byName[key]
	if ok || md.home == "" {
		return t, ok
	}
	switch key.schema { // home.t and t are one table
	case "":
		key.schema = fold(md.home)
	case fold(md.home):
		key.schema = ""
	}
	t, ok = md.byName[key]
	return t, ok
}

// Tables returns the tables in order of declaration. The slice is the caller's.
func (md *MetaData) Tables() []*Table {
	md.mu.RLock()
	defer md.mu.RUnlock()
	return slices.Clone(md.tables)
}

// Err returns what is wrong with the tables, those included that could not be added, or nil.
func (md *MetaData) Err() error {
	md.mu.RLock()
	defer md.mu.RUnlock()
	var errs []error
	for _, t := range slices.Concat(md.tables, md.failed) {
		errs = append(errs, t.err)
	}
	return errors.Join(errs...)
}

// Remove takes a table out of the set. Who has the table can still use it.
func (md *MetaData) Remove(t *Table) {
	md.mu.Lock()
	defer md.mu.Unlock()
	same := func(other *Table) bool { return other == t }
	md.failed = slices.DeleteFunc(md.failed, same)
	if slices.Contains(md.tables, t) {
		md.tables = slices.DeleteFunc(md.tables, same)
		delete(md.byName, nameOf(t))
	}
}

// setHome says in which schema tables without one are, and returns what is held to be true: only the first word counts,
// and none if the program has a default schema.
func (md *MetaData) setHome(schema string) string {
	md.mu.Lock()
	defer md.mu.Unlock()
	if md.home == "" && md.schema == "" {
		md.home = schema
	}
	return md.home
}

// local is the name of a schema in declarations, "" for that in which tables without one are.
func (md *MetaData) local(schema string) In {
	md.mu.RLock()
	defer md.mu.RUnlock()
	if fold(schema) == fold(md.home) {
		return ""
	}
	return In(schema)
}

// declare makes the table and adds it, as the declaration wants it.
func (md *MetaData) declare(d *declaration) *Table {
	md.mu.Lock()
	defer md.mu.Unlock()
	old, exists := md.find(string(d.schema), d.name)
	fail := func(reason string) *Table {
		t := build(md, d, reason)
		if !d.strict {
			md.failed = append(md.failed, t)
		}
		return t
	}
	switch {
	case d.existing == MustExist && !exists:
		return fail("there is no such table")
	case d.existing == MustExist && !d.empty():
		return fail("want no items for a table that must exist")
	case exists && (d.existing == KeepExisting || d.existing == MustExist):
		return old
	case exists && d.existing != ExtendExisting:
		return fail("the table exists already")
	case exists:
		d = d.over(old.declaration())
	}
	t := build(md, d)
	switch {
	case d.strict && t.err != nil:
		return t
	case exists:
		md.tables[slices.Index(md.tables, old)] = t
	default:
		md.tables = append(md.tables, t)
	}
	md.byName[nameOf(t)] = t
	return t
}

// Sorted returns the tables, parents before those that reference them, and else in order of declaration. Foreign keys
// to tables that are not of the set, or that are to be added later (UseAlter), do not count. Tables that are parents of
// each other are a [*CycleError].
func (md *MetaData) Sorted() ([]*Table, error) {
	s := sorter{md: md, state: map[*Table]visit{}}
	for _, t := range md.Tables() {
		if err := s.add(t); err != nil {
			return nil, err
		}
	}
	return s.sorted, nil
}

type sorter struct {
	md     *MetaData
	state  map[*Table]visit
	path   []*Table
	sorted []*Table
}

type visit uint8

const (
	onPath visit = iota + 1
	done
)

// add adds a table after its parents.
func (s *sorter) add(t *Table) error {
	switch s.state[t] {
	case done:
		return nil
	case onPath:
		cycle := &CycleError{}
		for _, t := range s.path[slices.Index(s.path, t):] {
			cycle.Tables = append(cycle.Tables, t.FullName())
		}
		return cycle
	}
	s.state[t] = onPath
	s.path = append(s.path, t)
	for _, k := range t.ForeignKeys() {
		parent, ok := s.md.Table(k.RefSchema, k.RefTable)
		if !ok || k.UseAlter || parent == t {
			continue
		}
		if err := s.add(parent); err != nil {
			return err
		}
	}
	s.path = s.path[:len(s.path)-1]
	s.state[t] = done
	s.sorted = append(s.sorted, t)
	return nil
}
