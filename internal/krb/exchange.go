package krb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/types"
)

// errWrongSecret: the KDC's reply cannot be read with the key at hand.
var errWrongSecret = errors.New("the password or the key of the keytab is not that of the KDC")

// login gets a ticket-granting ticket (RFC 4120, 3.1).
func (c *conf) login(ctx context.Context, client principal, s secret, now func() time.Time) (*ticket, error) {
	etypes := slices.DeleteFunc(slices.Clone(c.LibDefaults.DefaultTktEnctypeIDs), func(id int32) bool { return !s.has(id) })
	if len(etypes) == 0 {
		return nil, errors.New("none of default_tkt_enctypes of krb5.conf is a type of the keys at hand")
	}
	want := krbtgt(client.realm, client.realm)
	body, err := c.newRequest(client.name, want, etypes, now())
	if err != nil {
		return nil, err
	}
	var key types.EncryptionKey
	rep, err := c.askLogin(ctx, body, nil)
	var refused *kdcError
	if errors.As(err, &refused) && refused.code == errorcode.KDC_ERR_PREAUTH_REQUIRED {
		if key, err = s.key(keyInfo(refused.method, etypes)); err != nil {
			return nil, err
		}
		stamp, stampErr := timestamp(key, now())
		if stampErr != nil {
			return nil, stampErr
		}
		rep, err = c.askLogin(ctx, body, types.PADataSequence{stamp})
	}
	if err != nil {
		return nil, err
	}
	if key.KeyType != rep.EncPart.EType {
		if key, err = s.key(keyInfo(rep.PAData, []int32{rep.EncPart.EType})); err != nil {
			return nil, err
		}
	}
	t, err := openReply(rep, body, key, keyusage.AS_REP_ENCPART)
	if errors.Is(err, errSealed) {
		return nil, fmt.Errorf("%w: %w", errWrongSecret, err)
	}
	switch {
	case err != nil:
		return nil, err
	case c.LibDefaults.Canonicalize && t.grants() != "": // the KDC may have corrected the names
	case !t.server.equal(want) || !t.client.equal(client):
		return nil, fmt.Errorf("the KDC's ticket is for %s, to be shown to %s", t.client, t.server)
	}
	return t, nil
}

func (c *conf) askLogin(ctx context.Context, body requestBody, data types.PADataSequence) (*reply, error) {
	b, err := asn1.Marshal(body)
	if err != nil {
		return nil, err
	}
	if b, err = encodeRequest(msgtype.KRB_AS_REQ, data, b); err != nil {
		return nil, err
	}
	if b, err = c.ask(ctx, body.Realm, b); err != nil {
		return nil, err
	}
	rep := new(reply)
	return rep, decode(b, asnAppTag.ASREP, rep)
}

// keyInfo chooses the key that the KDC wants, by its type, salt and parameters (RFC 4120, 5.2.7.5).
func keyInfo(data types.PADataSequence, supported []int32) types.ETypeInfo2Entry {
	for _, d := range data {
		if d.PADataType != patype.PA_ETYPE_INFO2 {
			continue
		}
		var infos types.ETypeInfo2
		if guard(func() error { return infos.Unmarshal(d.PADataValue) }) != nil {
			break
		}
		for _, info := range infos {
			if slices.Contains(supported, info.EType) {
				return info
			}
		}
	}
	return types.ETypeInfo2Entry{EType: supported[0]}
}

// timestamp is the pre-authentication by which the KDC knows that the client has the key.
func timestamp(key types.EncryptionKey, now time.Time) (types.PAData, error) {
	now = now.UTC()
	b, err := asn1.Marshal(types.PAEncTSEnc{PATimestamp: now, PAUSec: now.Nanosecond() / 1000})
	if err != nil {
		return types.PAData{}, err
	}
	sealed, err := crypto.GetEncryptedData(b, key, keyusage.AS_REQ_PA_ENC_TIMESTAMP, 0)
	if err != nil {
		return types.PAData{}, err
	}
	b, err = sealed.Marshal()
	return types.PAData{PADataType: patype.PA_ENC_TIMESTAMP, PADataValue: b}, err
}

// maxHops bounds the way through realms that trust each other.
const maxHops = 8

// service gets a ticket for a service by a ticket-granting ticket, by way of other realms if need be (RFC 4120, 3.3). The
// realm of the service may be left to the KDC.
func (c *conf) service(ctx context.Context, tgt *ticket, service principal, now time.Time) (*ticket, error) {
	for range maxHops {
		want := principal{service.name, tgt.grants()}
		if service.realm != "" && service.realm != want.realm {
			want = krbtgt(service.realm, want.realm)
		}
		t, err := c.exchange(ctx, tgt, want, now)
		switch {
		case err != nil:
			return nil, err
		case t.server.name.Equal(service.name) && (service.realm == "" || t.server.realm == service.realm):
			return t, nil
		case t.grants() == "" || t.grants() == tgt.grants():
			return nil, fmt.Errorf("the KDC of %s was asked for %s, and gave a ticket for %s", tgt.grants(), want, t.server)
		}
		tgt = t
	}
	return nil, fmt.Errorf("the KDCs send from realm to realm, %d times by now", maxHops)
}

// renew gets a ticket-granting ticket of the same kind that lasts longer.
func (c *conf) renew(ctx context.Context, tgt *ticket, now time.Time) (*ticket, error) {
	return c.exchange(ctx, tgt, tgt.server, now, flags.Renewable, flags.Renew)
}

// exchange gets one ticket by another one.
func (c *conf) exchange(ctx context.Context, tgt *ticket, want principal, now time.Time, options ...int) (*ticket, error) {
	body, err := c.newRequest(tgt.client.name, want, c.LibDefaults.DefaultTGSEnctypeIDs, now)
	if err != nil {
		return nil, err
	}
	types.SetFlags(&body.Options, options)
	b, err := asn1.Marshal(body)
	if err != nil {
		return nil, err
	}
	et, err := crypto.GetEtype(tgt.key.KeyType)
	if err != nil {
		return nil, err
	}
	sum, err := et.GetChecksumHash(tgt.key.KeyValue, b, keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR_CHKSUM)
	if err != nil {
		return nil, err
	}
	auth := newAuthenticator(tgt.client, now)
	auth.Cksum = types.Checksum{CksumType: et.GetHashID(), Checksum: sum}
	shown, err := tgt.show(auth, types.NewKrbFlags(), keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR)
	if err != nil {
		return nil, err
	}
	b, err = encodeRequest(msgtype.KRB_TGS_REQ, types.PADataSequence{{PADataType: patype.PA_TGS_REQ, PADataValue: shown}}, b)
	if err != nil {
		return nil, err
	}
	if b, err = c.ask(ctx, tgt.grants(), b); err != nil {
		return nil, err
	}
	rep := new(reply)
	if err := decode(b, asnAppTag.TGSREP, rep); err != nil {
		return nil, err
	}
	t, err := openReply(rep, body, tgt.key, keyusage.TGS_REP_ENCPART_SESSION_KEY)
	if err == nil && !t.client.equal(tgt.client) {
		err = fmt.Errorf("the KDC's ticket is for %s", t.client)
	}
	return t, err
}

// errSealed: a part of a message cannot be decrypted.
var errSealed = errors.New("it cannot be decrypted")

// openReply takes the ticket out of a KDC's reply, if that is one to the request.
func openReply(rep *reply, body requestBody, key types.EncryptionKey, usage uint32) (*ticket, error) {
	b, err := decrypt(rep.EncPart, key, usage)
	if err != nil {
		return nil, err
	}
	part, err := decodePart(b)
	if err != nil {
		return nil, err
	}
	if part.Nonce != body.Nonce {
		return nil, errors.New("the KDC's reply is not to this request")
	}
	t := &ticket{
		client: principal{rep.CName, rep.CRealm}, server: principal{part.SName, part.SRealm}, encoded: rep.Ticket.Bytes,
		key: part.Key, start: part.StartTime, end: part.EndTime, renewTill: part.RenewTill,
	}
	if t.start.IsZero() {
		t.start = part.AuthTime
	}
	return t, nil
}

// decrypt opens a part of a message; gokrb5 does not look whether it is long enough.
func decrypt(sealed types.EncryptedData, key types.EncryptionKey, usage uint32) (b []byte, err error) {
	err = guard(func() error {
		b, err = crypto.DecryptEncPart(sealed, key, usage)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSealed, err)
	}
	return b, nil
}

func newAuthenticator(client principal, now time.Time) types.Authenticator {
	now = now.UTC()
	return types.Authenticator{AVNO: iana.PVNO, CRealm: client.realm, CName: client.name, CTime: now, Cusec: now.Nanosecond() / 1000}
}

// show makes the message by which a ticket is shown.
func (t *ticket) show(auth types.Authenticator, options asn1.BitString, usage uint32) ([]byte, error) {
	b, err := auth.Marshal()
	if err != nil {
		return nil, err
	}
	sealed, err := crypto.GetEncryptedData(b, t.key, usage, 0)
	if err != nil {
		return nil, err
	}
	return encode(asnAppTag.APREQ, showing{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_AP_REQ, Options: options, Ticket: within(3, t.encoded), Authenticator: sealed,
	})
}
