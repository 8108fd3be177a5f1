package compile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

var registry = struct {
	sync.RWMutex
	dialects map[string]Dialect
}{dialects: map[string]Dialect{}}

// Register makes a dialect known by its name. A name that is taken is a [*RegistryError].
func Register(d Dialect) error {
	registry.Lock()
	defer registry.Unlock()
	if _, taken := registry.dialects[d.Name()]; taken {
		return &RegistryError{Name: d.Name(), Taken: true}
	}
	registry.dialects[d.Name()] = d
	return nil
}

// Lookup finds a dialect by its name. A name that is not known is a [*RegistryError].
func Lookup(name string) (Dialect, error) {
	registry.RLock()
	defer registry.RUnlock()
	d, ok := registry.dialects[name]
	if !ok {
		return nil, &RegistryError{Name: name, Known: slices.Sorted(maps.Keys(registry.dialects))}
	}
	return d, nil
}

// RegistryError reports a dialect's name that is taken, or is not known.
type RegistryError struct {
	Name  string
	Taken bool
	Known []string
}

func (e *RegistryError) Error() string {
	if e.Taken {
		return fmt.Sprintf("a dialect %q is registered already", e.Name)
	}
	return fmt.Sprintf("no dialect %q is registered; there are: %s. Is its package imported?", e.Name, strings.Join(e.Known, ", "))
}
