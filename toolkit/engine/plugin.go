package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Plugin has a hand in the engines that are opened by a URL that names it, as in scheme://host?plugin=name, or by a
// [Config] that does. It may change the configuration, such as add hooks, and returns the URL that is to be opened:
// without the parameters that are its own, for the driver does not know them.
type Plugin func(u URL, c *Config) (URL, error)

var plugins = struct {
	sync.RWMutex
	byName map[string]Plugin
}{byName: map[string]Plugin{}}

// RegisterPlugin makes a plug-in known to [Open]. A name that is known already is a [*PluginError].
func RegisterPlugin(name string, p Plugin) error {
	plugins.Lock()
	defer plugins.Unlock()
	if _, taken := plugins.byName[name]; taken {
		return &PluginError{Name: name, Taken: true}
	}
	plugins.byName[name] = p
	return nil
}

// PluginError reports a plug-in that is not known, or that is registered twice.
type PluginError struct {
	Name  string
	Taken bool
	Known []string
}

func (e *PluginError) Error() string {
	if e.Taken {
		return fmt.Sprintf("engine: the plug-in %q is registered already", e.Name)
	}
	known := "none is known"
	if len(e.Known) > 0 {
		known = "there are: " + strings.Join(e.Known, ", ")
	}
	return fmt.Sprintf("engine: there is no plug-in %q; %s. Is the package that registers it imported?", e.Name, known)
}

func pluginNamed(name string) (Plugin, error) {
	plugins.RLock()
	defer plugins.RUnlock()
	if p := plugins.byName[name]; p != nil {
		return p, nil
	}
	return nil, &PluginError{Name: name, Known: slices.Sorted(maps.Keys(plugins.byName))}
}

// pluginKey is the parameter of a URL that names plug-ins.
const pluginKey = "plugin"

// pluggedIn calls the plug-ins that a URL and a configuration name, and gives what they make of the URL.
func pluggedIn(u URL, c *Config) (URL, error) {
	names := u.Query()[pluginKey]
	u = u.WithQuery(pluginKey)
	for _, name := range slices.Concat(names, c.Plugins) {
		p, err := pluginNamed(name)
		if err != nil {
			return u, err
		}
		if u, err = p(u, c); err != nil {
			return u, fmt.Errorf("engine: plug-in %q: %w", name, err)
		}
	}
	return u, nil
}
