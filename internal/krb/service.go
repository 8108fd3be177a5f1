package krb

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/jcmturner/gokrb5/v8/iana/nametype"
)

// Service is the principal of a service.
type Service struct{ p principal }

// ParseService reads the principal of a service: service/host@REALM. A host _HOST is replaced by [Service.At]. The realm
// may be missing; then it is that of krb5.conf for the host, or else the KDC may send the client to the right one.
func ParseService(s string) (Service, error) {
	p, err := parsePrincipal(s, nametype.KRB_NT_SRV_HST)
	if err == nil && len(p.name.NameString) != 2 {
		err = fmt.Errorf("%q is no principal of a service: want service/host@REALM or service/_HOST@REALM", s)
	}
	return Service{p}, err
}

const hostPlaceholder = "_HOST"

// At puts the host of a connection in place of _HOST: the name that DNS has for its address if canonical, as Hive's
// JDBC driver does it, or else the name as it stands. When DNS has no such name, the given one is taken.
func (s Service) At(ctx context.Context, host string, canonical bool) Service {
	if s.p.name.NameString[1] != hostPlaceholder {
		return s
	}
	if canonical {
		host = canonicalName(ctx, host)
	}
	s.p.name.NameString = []string{s.p.name.NameString[0], strings.ToLower(host)}
	return s
}

func canonicalName(ctx context.Context, host string) string {
	addrs, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil || len(addrs) == 0 {
		return host
	}
	names, err := net.DefaultResolver.LookupAddr(ctx, addrs[0])
	if err != nil || len(names) == 0 {
		return host
	}
	return strings.TrimSuffix(names[0], ".")
}

func (s Service) String() string { return s.p.String() }

func (s Service) principal(c *conf) principal {
	p := s.p
	if p.realm == "" {
		p.realm = c.ResolveRealm(p.name.NameString[1])
	}
	return p
}
