// Package discovery finds the HiveServer2s that a client may choose among, and chooses.
//
// A [Source] tells which there are: a list, the addresses of a name, or what they have registered with ZooKeeper. A
// [Choice] puts them into the order in which to try them, and remembers which did not answer.
package discovery

import (
	"context"
	"net"
	"net/netip"
)

// Server is one HiveServer2.
type Server struct {
	// Host and Port are where it listens. Port may be 0, for the default or for one of the Settings.
	Host string
	Port int
	// IP is the address of Host that is meant, if Host has several that are servers of their own.
	IP netip.Addr
	// Settings are those of hive-site.xml that the server has published, by their names.
	Settings map[string]string
}

// Source tells which servers there are. It is safe for concurrent use.
type Source interface {
	Servers(ctx context.Context) ([]Server, error)
}

// List is a [Source] of servers that are known.
type List []Server

// Servers implements [Source].
func (l List) Servers(context.Context) ([]Server, error) { return l, nil }

// Addresses is a [Source] in which each address of each name is a server.
type Addresses struct {
	Names []Server
	// Lookup gives the addresses of a name. Default: the system's resolver.
	Lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Servers implements [Source]. A name without an address is an error only if no other name has one.
func (a *Addresses) Servers(ctx context.Context) ([]Server, error) {
	lookup := a.Lookup
	if lookup == nil {
		lookup = net.DefaultResolver.LookupNetIP
	}
	var all []Server
	var failed error
	for _, s := range a.Names {
		ips, err := lookup(ctx, "ip", s.Host)
		if err != nil {
			failed = err
		}
		for _, ip := range ips {
			s.IP = ip.Unmap()
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return nil, failed
	}
	return all, nil
}
