package krb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
)

// Settings say who logs in, and with what. One of Password and Keytab may be given; without both it is a ticket cache.
type Settings struct {
	// Conf are names of krb5.conf files, parted as in KRB5_CONFIG. Default: those of KRB5_CONFIG, or /etc/krb5.conf.
	Conf string
	// ConfText is the text of a krb5.conf, which takes the place of files.
	ConfText string
	// Client is the principal, with the default realm of krb5.conf if it names none. Default: that of the keytab or cache.
	Client string
	// Password is that of Client.
	Password string
	// Keytab is the name of a keytab.
	Keytab string
	// Cache is the name of a ticket cache. Default: that of KRB5CCNAME, of krb5.conf, or of libkrb5.
	Cache string
}

// Login keeps the tickets of one client and gets new ones when they are needed. It is safe for concurrent use.
type Login struct {
	settings Settings
	now      func() time.Time

	turn chan struct{} // holds one token: whoever has taken it may ask the KDC, and use tgt
	tgt  *ticket

	mu       sync.Mutex
	services map[string]*ticket
}

// NewLogin returns a Login without tickets. now is the clock, usually time.Now.
func NewLogin(s Settings, now func() time.Time) *Login {
	l := &Login{settings: s, now: now, turn: make(chan struct{}, 1), services: map[string]*ticket{}}
	l.turn <- struct{}{}
	return l
}

var (
	sharedMu sync.Mutex
	shared   = map[Settings]*Login{}
)

// Shared returns the Login of these settings, the same for all who ask, so that the connections of a pool use one
// ticket. What is unused for as long as its ticket lasts is forgotten.
func Shared(s Settings) *Login {
	sharedMu.Lock()
	defer sharedMu.Unlock()
	for key, l := range shared {
		if key != s && l.expired() {
			delete(shared, key)
		}
	}
	if shared[s] == nil {
		shared[s] = NewLogin(s, time.Now)
	}
	return shared[s]
}

// expired reports whether nothing is lost if l is forgotten.
func (l *Login) expired() bool {
	select {
	case <-l.turn:
		defer func() { l.turn <- struct{}{} }()
		return l.tgt == nil || !l.tgt.end.After(l.now())
	default:
		return false // in use
	}
}

// Ticket is a ticket for a service.
type Ticket struct {
	login *Login
	key   string
	t     *ticket
}

// Client returns the principal for whom the ticket is.
func (t *Ticket) Client() string { return t.t.client.String() }

// Service returns the principal of the service.
func (t *Ticket) Service() string { return t.t.server.String() }

// Discard forgets a ticket that the service refused: its key may be another one by now.
func (t *Ticket) Discard() {
	l := t.login
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.services[t.key] == t.t {
		delete(l.services, t.key)
	}
}

// Ticket returns a ticket for a service that has not expired. Errors are of type *Error; those of ctx are in the tree.
func (l *Login) Ticket(ctx context.Context, service Service) (*Ticket, error) {
	select {
	case <-l.turn:
		defer func() { l.turn <- struct{}{} }()
	case <-ctx.Done():
		return nil, &Error{Step: StepLogin, Service: service.String(), Err: context.Cause(ctx)}
	}
	c, err := readConf(l.settings.Conf, l.settings.ConfText)
	if err != nil {
		return nil, &Error{Step: StepConf, Service: service.String(), Err: err, Hint: confHint(err)}
	}
	if err := l.refresh(ctx, c); err != nil {
		return nil, l.explain(err, service.String())
	}
	want := service.principal(c)
	key := want.String()
	if t := l.cached(key); t != nil && t.fresh(l.now()) {
		return &Ticket{l, key, t}, nil
	}
	t, err := c.service(ctx, l.tgt, want, l.now())
	if err == nil && sealing[t.key.KeyType] == 0 {
		err = fmt.Errorf("its session key is of the type %d, and only AES is supported", t.key.KeyType)
	}
	if err != nil {
		return nil, l.explain(&Error{Step: StepTicket, Client: l.tgt.client.String(), Err: err}, key)
	}
	l.mu.Lock()
	l.services[key] = t
	l.mu.Unlock()
	return &Ticket{l, key, t}, nil
}

func (l *Login) cached(key string) *ticket {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.services[key]
}

// refresh sees to it that there is a ticket-granting ticket that has not expired.
func (l *Login) refresh(ctx context.Context, c *conf) error {
	s := l.settings
	if s.Keytab == "" && s.Password == "" {
		return l.refreshFromCache(ctx, c)
	}
	if l.tgt != nil && l.tgt.fresh(l.now()) {
		return nil
	}
	var client principal
	var own secret
	if s.Keytab != "" {
		k, err := readKeytab(s.Keytab, s.Client, c.LibDefaults.DefaultRealm)
		if err != nil {
			return &Error{Step: StepCredentials, Client: s.Client, Err: err}
		}
		client, own = k.client, k
	} else {
		p, err := parseClient(s.Client, c.LibDefaults.DefaultRealm)
		if err != nil {
			return &Error{Step: StepCredentials, Client: s.Client, Err: err}
		}
		client, own = p, password{p, s.Password}
	}
	tgt, err := c.login(ctx, client, own, l.now)
	if err != nil {
		return &Error{Step: StepLogin, Client: client.String(), Err: err}
	}
	l.adopt(tgt)
	return nil
}

// refreshFromCache reads the cache each time, since others renew it. A ticket that can be renewed is, in memory.
func (l *Login) refreshFromCache(ctx context.Context, c *conf) error {
	fail := func(client string, err error, hint string) error {
		return &Error{Step: StepCredentials, Client: cmp.Or(client, l.settings.Client), Err: err, Hint: hint}
	}
	name, err := cacheName(l.settings.Cache, c)
	if err != nil {
		return fail("", err, "")
	}
	file, err := readCache(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fail("", err, "there is no ticket cache: run kinit, name the cache by KRB5CCNAME or the setting ticketCache, or give a keytab")
	}
	if err != nil {
		return fail("", err, "")
	}
	client := file.client
	if l.settings.Client != "" {
		if client, err = parseClient(l.settings.Client, c.LibDefaults.DefaultRealm); err != nil {
			return fail("", err, "")
		}
	}
	if !client.equal(file.client) {
		return fail(client.String(), fmt.Errorf("the ticket cache %s is that of %s", name, file.client), "leave out the user, or run kinit for that one")
	}
	found := file.find(krbtgt(client.realm, client.realm))
	if found == nil {
		return fail(client.String(), fmt.Errorf("the ticket cache %s has no ticket-granting ticket of the realm %s", name, client.realm), "run kinit")
	}
	if l.tgt == nil || !l.tgt.client.equal(client) || found.end.After(l.tgt.end) {
		l.adopt(found)
	}
	now := l.now()
	if !l.tgt.fresh(now) && l.tgt.end.After(now) && l.tgt.renewTill.After(now) {
		if renewed, err := c.renew(ctx, l.tgt, now); err == nil {
			l.adopt(renewed)
		}
	}
	if !l.tgt.end.After(now) {
		return fail(client.String(), fmt.Errorf("the ticket in %s has expired at %s", name, l.tgt.end.Format(time.RFC3339)), "run kinit again, or give a keytab, with which tickets are got as they are needed")
	}
	return nil
}

// adopt takes a new ticket-granting ticket. Those for services that an old one of the same client got stay good.
func (l *Login) adopt(tgt *ticket) {
	if l.tgt == nil || !l.tgt.client.equal(tgt.client) {
		l.mu.Lock()
		clear(l.services)
		l.mu.Unlock()
	}
	l.tgt = tgt
}

func confHint(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "name the file by KRB5_CONFIG or the setting krb5conf"
	}
	return ""
}

// explain adds the service and what to check.
func (l *Login) explain(err error, service string) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	e.Service = service
	var refusal *kdcError
	var unreachable *unreachableError
	switch {
	case errors.As(e.Err, &refusal):
		e.Code = int(refusal.code)
		e.Hint = l.hint(e, refusal)
	case errors.Is(e.Err, errWrongSecret):
		e.Code = int(errorcode.KRB_AP_ERR_BAD_INTEGRITY)
		e.Hint = l.secretHint()
	case errors.As(e.Err, &unreachable):
		e.Hint = "is the KDC of krb5.conf the right one, and may this machine reach it?"
	}
	return e
}

// maxSkew is the difference of clocks that KDCs and services let pass, unless set otherwise.
const maxSkew = 5 * time.Minute

// hint says what a refusal by the KDC usually comes from.
func (l *Login) hint(e *Error, refusal *kdcError) string {
	skew := refusal.time.Sub(l.now()).Abs().Round(time.Second)
	if refusal.code == errorcode.KRB_AP_ERR_SKEW || skew >= maxSkew { // not every KDC calls it by its name
		return fmt.Sprintf("the clock of whoever refused and this machine's differ by %s: set both by NTP", skew)
	}
	switch refusal.code {
	case errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN:
		return "the realm has no " + e.Client + ": check the user and its realm"
	case errorcode.KDC_ERR_WRONG_REALM:
		return "the KDC serves another realm than that of " + e.Client
	case errorcode.KDC_ERR_PREAUTH_FAILED, errorcode.KRB_AP_ERR_BAD_INTEGRITY, errorcode.KRB_AP_ERR_MODIFIED:
		if e.Step == StepLogin {
			return l.secretHint()
		}
	case errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN:
		_, own, _ := strings.Cut(e.Client, "@")
		if _, realm, named := strings.Cut(e.Service, "@"); named && realm != own {
			return fmt.Sprintf("the realm %s knows no way to the realm %s, or that has no such service: check its principal", own, realm)
		}
		return "the realm has no such service: check its principal, and the host name in it, which is looked up in DNS unless canonicalHost=false"
	case errorcode.KDC_ERR_ETYPE_NOSUPP:
		return "the KDC has no key of a type that both sides have: check the enctypes of krb5.conf, and that user and service have AES keys"
	case errorcode.KDC_ERR_KEY_EXPIRED:
		return "the password has expired"
	case errorcode.KDC_ERR_CLIENT_REVOKED:
		return "the account is locked"
	case errorcode.KRB_AP_ERR_TKT_EXPIRED:
		if l.settings.Keytab == "" && l.settings.Password == "" {
			return "the ticket has expired: run kinit again"
		}
	}
	return ""
}

func (l *Login) secretHint() string {
	if l.settings.Keytab != "" {
		return "the key in " + l.settings.Keytab + " is not the KDC's: the password was changed after the keytab was made, or the keytab is another realm's"
	}
	return "the password is wrong"
}
