package hivearrow

import (
	"fmt"
	"maps"
	"slices"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/skep-go/skep/hive"
)

// Options say how Hive's values become Arrow's. The zero value is good for every result without nested types.
type Options struct {
	// Types has the full types of columns by their names in the result, as DESCRIBE shows them:
	// "array<struct<day:date,price:decimal(5,2)>>". It is for nested columns; other columns may be in it, if their types
	// are those that the server names. A name that the result does not have is an error.
	Types map[string]string

	// Microseconds makes timestamps timestamp[us], which holds all that Hive does but for the digits after the sixth:
	// those are cut off. The default is timestamp[ns], which keeps them and ends in the years 1677 and 2262; a value
	// beyond is an error.
	Microseconds bool

	// Unescaped says that the server writes strings in nested values without escapes, as Spark does; see [hive.Nested].
	Unescaped bool

	// Allocator, if it is not nil, gives the records all their memory, which costs a copy of what would not be copied
	// otherwise. It is for those who hand records to C. By default they live in Go's memory, and those that are never
	// released are collected with the rest.
	Allocator memory.Allocator
}

// fullTypes gives the type of each column as far as it is known.
func (o Options) fullTypes(columns []hive.Column) ([]hive.FullType, error) {
	types := make([]hive.FullType, len(columns))
	for i, c := range columns {
		types[i] = hive.FullType{Type: c.Type}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Types)) {
		t, err := hive.ParseType(o.Types[name])
		if err != nil {
			return nil, &TypeError{name, o.Types[name], err}
		}
		found := false
		for i, c := range columns {
			if c.Name != name {
				continue
			}
			if t.Type != c.Type {
				return nil, &TypeError{name, o.Types[name], fmt.Errorf("the server says %s", c.Type)}
			}
			types[i], found = t, true
		}
		if !found {
			return nil, &TypeError{name, o.Types[name], fmt.Errorf("the result has no such column, but %s", names(columns))}
		}
	}
	return types, nil
}

func names(columns []hive.Column) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.Name
	}
	return fmt.Sprintf("%q", all)
}
