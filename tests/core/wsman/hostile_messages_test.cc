// SPDX-License-Identifier: GPL-2.0-or-later
// Messages that somebody means harm with, each with the fault that it must get: what the bytes are, what the XML is,
// what the envelope, its header and its body say. None of them may reach a provider, and the service must be able to
// answer a sound request afterwards.
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/wsman/charset.h"
#include "core/wsman/prescan.h"
#include "tests/core/wsman/fixture.h"

namespace muster::wsman {
namespace {

using namespace testing;

constexpr char kSchema[] = "wsman:SchemaValidationError";
constexpr char kEncoding[] = "wsman:EncodingLimit/CharacterSet";
constexpr char kTooMuch[] = "wsman:EncodingLimit/ServiceEnvelopeLimit";
constexpr char kRequired[] = "wsa:MessageInformationHeaderRequired";
constexpr char kHeader[] = "wsa:InvalidMessageInformationHeader";
constexpr char kAction[] = "wsa:ActionNotSupported";
constexpr char kAddress[] = "wsman:UnsupportedFeature/AddressingMode";
constexpr char kResource[] = "wsa:DestinationUnreachable/InvalidResourceURI";
constexpr char kContext[] = "wsen:InvalidEnumerationContext";
constexpr char kFilter[] = "wsen:CannotProcessFilter";
constexpr char kDialect[] = "wsen:FilterDialectRequestedUnavailable";
constexpr char kExpires[] = "wsen:InvalidExpirationTime";
constexpr char kNotUnderstood[] = "SOAP-ENV:MustUnderstand";
constexpr char kVersion[] = "SOAP-ENV:VersionMismatch";

struct Row {
  std::string name;
  std::string body;
  std::string expected;  // as verdict() says it
};
using Rows = std::vector<Row>;

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out.append(text);
  return out;
}

std::string sound() {
  return get("SCX_Agent");
}

// A sound Get in which something stands in the place of something else.
std::string instead(std::string_view of, std::string_view put) {
  auto text = sound();
  const auto at = text.find(of);
  if (at == std::string::npos) throw std::logic_error(std::string(of));
  return text.replace(at, of.size(), put);
}

std::string in_element(std::string_view name, std::string_view value) {
  auto text = sound();
  const std::string open = "<" + std::string(name) + ">";
  const auto begin = text.find(open) + open.size();
  const auto end = text.find("</" + std::string(name) + ">", begin);
  return text.replace(begin, end - begin, value);
}

std::string without(std::string_view name) {
  auto text = sound();
  const auto begin = text.find("<" + std::string(name) + ">");
  const std::string close = "</" + std::string(name) + ">";
  return text.erase(begin, text.find(close) + close.size() - begin);
}

// In the header of a sound Get.
std::string beside(std::string_view block) {
  return get("SCX_Agent", block);
}

std::string utf16(std::string_view ascii, bool big_endian) {
  std::string out;
  for (const char c : ascii) out.append(big_endian ? std::string{'\0', c} : std::string{c, '\0'});
  return out;
}

Rows bytes() {
  const std::string nul(1, '\0');
  return {
      {"nothing", "", kSchema},
      {"one blank", " ", kSchema},
      {"one NUL", nul, kSchema},
      {"text", "hello", kSchema},
      {"JSON", "{\"Envelope\": {}}", kSchema},
      {"a mark and nothing", "\xEF\xBB\xBF", kSchema},
      {"two marks", "\xEF\xBB\xBF\xEF\xBB\xBF" + sound(), kSchema},
      {"UTF-16 of an odd length", "\xFF\xFE" + utf16("<a/>", false) + "<", kEncoding},
      {"UTF-16 with half a surrogate pair",
       "\xFF\xFE" + utf16("<a>", false) + "\x3D\xD8" + utf16("</a>", false), kEncoding},
      {"UTF-16 with the halves swapped",
       "\xFF\xFE" + utf16("<a>", false) + std::string("\x00\xDE\x3D\xD8", 4) + utf16("</a>", false),
       kEncoding},
      {"UTF-32", std::string("\x3C\x00\x00\x00\x61\x00\x00\x00", 8), kSchema},
      {"EBCDIC", "\x4C\x6F\xA7\x94\x93", kSchema},
      {"UTF-16 that calls itself UTF-8", utf16(R"(<?xml version="1.0" encoding="UTF-8"?><a/>)", false),
       kEncoding},
      {"Latin-1", R"(<?xml version="1.0" encoding="ISO-8859-1"?>)" + sound(), kEncoding},
      {"UTF-7", R"(<?xml version="1.0" encoding="UTF-7"?>)" + sound(), kEncoding},
      {"an encoding of 4 KiB",
       R"(<?xml version="1.0" encoding=")" + std::string(4096, 'x') + "\"?>" + sound(), kEncoding},
      {"a lone continuation byte", instead("uuid:1", "uuid:\x80"), kSchema},
      {"a cut sequence", instead("uuid:1", "uuid:\xE2\x82"), kSchema},
      {"a slash that is too long", instead("uuid:1", "uuid:\xC0\xAF"), kSchema},
      {"a NUL that is too long", instead("uuid:1", "uuid:\xC0\x80"), kSchema},
      {"a surrogate in UTF-8", instead("uuid:1", "uuid:\xED\xA0\x80"), kSchema},
      {"beyond Unicode", instead("uuid:1", "uuid:\xF4\x90\x80\x80"), kSchema},
      {"five octets", instead("uuid:1", "uuid:\xF8\x88\x80\x80\x80"), kSchema},
      {"octet FF", instead("uuid:1", "uuid:\xFF"), kSchema},
      {"a NUL in a value", instead("uuid:1", "uuid:" + nul + "1"), kSchema},
      {"a NUL in a name", instead("<a:To>", "<a:T" + nul + "o>"), kSchema},
      {"a NUL at the end", sound() + nul, kSchema},
      {"a bell", instead("uuid:1", "uuid:\x07"), kSchema},
      {"an escape", instead("uuid:1", "uuid:\x1B[2J"), kSchema},
      {"U+FFFE", instead("uuid:1", "uuid:\xEF\xBF\xBE"), kSchema},
      {"U+FFFF", instead("uuid:1", "uuid:\xEF\xBF\xBF"), kSchema},
  };
}

Rows tags() {
  return {
      {"no element", "<!-- nothing -->", kSchema},
      {"a declaration alone", "<?xml version=\"1.0\"?>", kSchema},
      {"an open root", "<a>", kSchema},
      {"an open tag", "<a", kSchema},
      {"an open attribute", "<a b=\"", kSchema},
      {"a closing tag alone", "</a>", kSchema},
      {"a root cut in its middle", sound().substr(0, sound().size() / 2), kSchema},
      {"a root without its last sign", sound().substr(0, sound().size() - 1), kSchema},
      {"two roots", sound() + sound(), kSchema},
      {"text behind the root", sound() + "x", kSchema},
      {"text before the root", "x" + sound(), kSchema},
      {"CDATA behind the root", sound() + "<![CDATA[]]>", kSchema},
      {"tags that cross", instead("<a:To>", "<a:To><x>").append(""), kSchema},
      {"a closing tag of another name", instead("</a:To>", "</a:from>"), kSchema},
      {"a closing tag in other letters", instead("</a:To>", "</a:TO>"), kSchema},
      {"a closing tag with an attribute", instead("</a:To>", "</a:To x=\"1\">"), kSchema},
      {"an empty name", instead("<a:To>", "< >"), kSchema},
      {"a name that begins with a digit", beside("<1a/>"), kSchema},
      {"a name that begins with a hyphen", beside("<-a/>"), kSchema},
      {"a name of two colons", beside("<a:b:c/>"), kSchema},
      {"a name that ends with a colon", beside("<a:/>"), kSchema},
      {"a name that begins with a colon", beside("<:a/>"), kSchema},
      {"an undeclared prefix", beside("<zz:a/>"), kSchema},
      {"an undeclared prefix of an attribute", beside("<a zz:b=\"c\"/>"), kSchema},
      {"a prefix that is taken back", beside("<a:b xmlns:a=\"\"/>"), kSchema},
      {"xmlns as a prefix", beside("<xmlns:a/>"), kSchema},
      {"another meaning of xml", beside("<b xmlns:xml=\"urn:x\"/>"), kSchema},
      {"another name for xml's namespace", beside("<b xmlns:q=\"http://www.w3.org/XML/1998/namespace\"/>"),
       kSchema},
      {"xmlns declared", beside("<b xmlns:xmlns=\"urn:x\"/>"), kSchema},
      {"a namespace by reference", beside("<b xmlns:q=\"urn:&#x78;\"/>"), kSchema},
      {"a namespace with a blank", beside("<b xmlns:q=\"urn: x\"/>"), kSchema},
      {"an attribute twice", beside(R"(<b c="1" c="2"/>)"), kSchema},
      {"an attribute twice by two prefixes", beside(R"(<b xmlns:q="u" xmlns:r="u" q:c="1" r:c="2"/>)"),
       kSchema},
      {"a namespace twice", beside(R"(<b xmlns:q="u" xmlns:q="v"/>)"), kSchema},
      {"an attribute without a value", beside("<b c/>"), kSchema},
      {"an attribute without quotes", beside("<b c=1/>"), kSchema},
      {"quotes that differ", beside("<b c=\"1'/>"), kSchema},
      {"attributes that touch", beside(R"(<b c="1"d="2"/>)"), kSchema},
      {"a less-than in an attribute", beside("<b c=\"<\"/>"), kSchema},
  };
}

Rows references() {
  return {
      {"an ampersand alone", instead("uuid:1", "uuid:&"), kSchema},
      {"an ampersand in an attribute", beside("<b c=\"&\"/>"), kSchema},
      {"an entity that nobody declared", instead("uuid:1", "&x;"), kSchema},
      {"an entity of HTML", instead("uuid:1", "&nbsp;"), kSchema},
      {"an entity without its end", instead("uuid:1", "&lt"), kSchema},
      {"an entity in other letters", instead("uuid:1", "&LT;"), kSchema},
      {"a reference to NUL", instead("uuid:1", "&#0;"), kSchema},
      {"a reference to a bell", instead("uuid:1", "&#7;"), kSchema},
      {"a reference to a surrogate", instead("uuid:1", "&#xD800;"), kSchema},
      {"a reference beyond Unicode", instead("uuid:1", "&#x110000;"), kSchema},
      {"a reference beyond 32 bits", instead("uuid:1", "&#x100000041;"), kSchema},
      {"a reference beyond 64 bits", instead("uuid:1", "&#99999999999999999999;"), kSchema},
      {"a reference without a number", instead("uuid:1", "&#;"), kSchema},
      {"a hexadecimal reference without x", instead("uuid:1", "&#4A;"), kSchema},
      {"a reference with an upper X", instead("uuid:1", "&#X41;"), kSchema},
      {"a negative reference", instead("uuid:1", "&#-1;"), kSchema},
  };
}

Rows sections_and_declarations() {
  const std::string dtd = "<!DOCTYPE a [<!ENTITY x \"y\">]>";
  return {
      {"the end of CDATA in text", instead("uuid:1", "a]]>b"), kSchema},
      {"CDATA without its end", instead("uuid:1", "<![CDATA[a"), kSchema},
      {"a comment without its end", instead("<s:Header>", "<s:Header><!-- "), kSchema},
      {"a comment with two hyphens", beside("<!-- a -- b -->"), kSchema},
      {"a comment that ends with three", beside("<!-- a --->"), kSchema},
      {"a document type", dtd + sound(), kSchema},
      {"a document type from elsewhere", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">" + sound(), kSchema},
      {"a document type without its end", "<!DOCTYPE a [", kSchema},
      {"a document type inside", beside(dtd), kSchema},
      {"a billion laughs", R"(<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>)", kSchema},
      {"an entity of a parameter", "<!DOCTYPE a [<!ENTITY % x SYSTEM \"http://192.0.2.1/x\"> %x;]><a/>",
       kSchema},
      {"an instruction", "<?xml-stylesheet href=\"http://192.0.2.1/\"?>" + sound(), kSchema},
      {"an instruction inside", beside("<?php evil() ?>"), kSchema},
      {"an instruction behind", sound() + "<?x?>", kSchema},
      {"a declaration inside", beside("<?xml version=\"1.0\"?>"), kSchema},
      {"a declaration behind a blank", " <?xml version=\"1.0\"?>" + sound(), kSchema},
      {"two declarations", R"(<?xml version="1.0"?><?xml version="1.0"?>)" + sound(), kSchema},
      {"a declaration in other letters", "<?XML version=\"1.0\"?>" + sound(), kSchema},
      {"a declaration without its end", "<?xml version=\"1.0\"", kSchema},
  };
}

Rows too_much() {
  return {
      {"64 elements inside each other, and two more", beside(repeated("<b>", 66) + repeated("</b>", 66)),
       kTooMuch},
      {"100,000 elements inside each other", repeated("<b>", 100'000), kTooMuch},
      {"4,097 elements", beside(repeated("<b/>", 4097)), kTooMuch},
      {"4,097 comments", beside(repeated("<!---->", 4097)), kTooMuch},
      {"4,097 sections", in_element("a:To", repeated("<![CDATA[a]]>", 4097)), kTooMuch},
      {"65 attributes", beside([] {
         std::string many = "<b";
         for (int i = 0; i < 65; ++i) many += " c" + std::to_string(i) + "=\"\"";
         return many + "/>";
       }()),
       kTooMuch},
      {"129 namespaces in scope", beside([] {
         std::string many;
         for (int i = 0; i < 129; ++i) many += "<b xmlns:n" + std::to_string(i) + "=\"u\">";
         return many;
       }()),
       kTooMuch},
      {"512,001 octets", beside("<b>" + std::string(512'001, 'x') + "</b>"), kTooMuch},
      {"a name of 600,000 octets", "<" + std::string(600'000, 'a'), kTooMuch},
      {"an attribute of 600,000 octets", "<a b=\"" + std::string(600'000, 'a'), kTooMuch},
      {"a comment of 600,000 octets", "<!--" + std::string(600'000, 'a'), kTooMuch},
      {"blanks without an end", std::string(600'000, ' '), kTooMuch},
      {"UTF-16 that is too long as UTF-8", "\xFF\xFE" + repeated("AN", 200'000), kTooMuch},
  };
}

Rows envelopes() {
  const std::string body = "<s:Body/>";
  const auto with_root = [](const std::string& uri, const std::string& inside) {
    return "<s:Envelope xmlns:s=\"" + uri + "\">" + inside + "</s:Envelope>";
  };
  const std::string soap(names::kSoap);
  return {
      {"another root", "<a/>", kSchema},
      {"a root without a namespace", "<Envelope><Header/><Body/></Envelope>", kVersion},
      {"a root in other letters", "<s:envelope xmlns:s=\"" + soap + "\"/>", kSchema},
      {"SOAP 1.1", with_root(std::string(names::kSoap11), "<s:Header/>" + body), kVersion},
      {"SOAP of the future", with_root("http://www.w3.org/2099/05/soap-envelope", body), kVersion},
      {"SOAP with a slash more", with_root(soap + "/", body), kVersion},
      {"SOAP in other letters", with_root("HTTP://WWW.W3.ORG/2003/05/soap-envelope", body), kVersion},
      {"an empty envelope", with_root(soap, ""), kSchema},
      {"a Header alone", with_root(soap, "<s:Header/>"), kSchema},
      {"a Body alone", with_root(soap, body), kRequired},
      {"the Body first", with_root(soap, body + "<s:Header/>"), kSchema},
      {"two Headers", with_root(soap, "<s:Header/><s:Header/>" + body), kSchema},
      {"two Bodies", with_root(soap, body + body), kSchema},
      {"something behind the Body", with_root(soap, body + "<x/>"), kSchema},
      {"something before the Header", with_root(soap, "<x/><s:Header/>" + body), kSchema},
      {"a Body without a namespace", with_root(soap, "<Body/>"), kSchema},
      {"a Body in another namespace", with_root(soap, "<q:Body xmlns:q=\"u\"/>"), kSchema},
      {"text in the Envelope", with_root(soap, "x" + body), kSchema},
      {"text in the Header", instead("<s:Header>", "<s:Header>x"), kSchema},
      {"text in the Body", instead("<s:Body>", "<s:Body>x"), kSchema},
      {"CDATA in the Header", instead("<s:Header>", "<s:Header><![CDATA[x]]>"), kSchema},
      {"an envelope in the Body", instead("<s:Body>", "<s:Body><s:Envelope/>"), kSchema},
      {"an envelope in an envelope", with_root(soap, sound()), kSchema},
      {"a fault", instead("<s:Body>", "<s:Body><s:Fault/>"), kSchema},
  };
}

Rows addressing() {
  return {
      {"no To", without("a:To"), kRequired},
      {"no Action", without("a:Action"), kRequired},
      {"no MessageID", without("a:MessageID"), kRequired},
      {"an empty To", in_element("a:To", ""), kHeader},
      {"an empty Action", in_element("a:Action", ""), kHeader},
      {"an empty MessageID", in_element("a:MessageID", ""), kHeader},
      {"blanks as a MessageID", in_element("a:MessageID", " \n "), kHeader},
      {"a blank in To", in_element("a:To", "https://a b/"), kHeader},
      {"a line end in MessageID", in_element("a:MessageID", "uuid:1\r\nX: y"), kHeader},
      {"a line end by reference", in_element("a:MessageID", "uuid:1&#13;&#10;X: y"), kHeader},
      {"a tab by reference", in_element("a:MessageID", "uuid:1&#9;2"), kHeader},
      {"markup in MessageID", in_element("a:MessageID", "uuid:<b/>1"), kHeader},
      {"markup by reference", in_element("a:MessageID", "uuid:&lt;b/&gt;1"), kHeader},
      {"markup by CDATA", in_element("a:MessageID", "<![CDATA[</a:MessageID><x/>]]>"), kHeader},
      {"quotes in MessageID", in_element("a:MessageID", "uuid:\"1\""), kHeader},
      {"braces in MessageID", in_element("a:MessageID", "{1}"), kHeader},
      {"a backslash in To", in_element("a:To", R"(\\host\share)"), kHeader},
      {"DEL in To", in_element("a:To", "https://a\x7F"), kHeader},
      {"To of 2,049 octets", in_element("a:To", std::string(2049, 'a')),
       "wsman:EncodingLimit/URILimitExceeded"},
      {"MessageID of 2,049 octets", in_element("a:MessageID", std::string(2049, 'a')),
       "wsman:EncodingLimit/URILimitExceeded"},
      {"Action of 100,000 octets", in_element("a:Action", std::string(100'000, 'a')),
       "wsman:EncodingLimit/URILimitExceeded"},
      {"an element in Action", in_element("a:Action", "<b>" + std::string(names::kGet) + "</b>"), kHeader},
      {"two Tos", beside("<a:To>https://x/</a:To>"), kHeader},
      {"two Actions", beside("<a:Action>" + std::string(names::kEnumerate) + "</a:Action>"), kHeader},
      {"two MessageIDs", beside("<a:MessageID>uuid:2</a:MessageID>"), kHeader},
      {"two ReplyTos", beside(kAnonymousReply), kHeader},
      {"two Tos by two prefixes",
       beside("<q:To xmlns:q=\"" + std::string(names::kAddressing) + "\">x</q:To>"), kHeader},
      {"2005's addressing", instead(names::kAddressing, "http://www.w3.org/2005/08/addressing"), kRequired},
      {"an Action without a namespace", instead("<a:Action>", "<Action>").insert(0, ""), kSchema},
      {"a To for somebody else", in_element("a:Action", std::string(names::kGet) + "/"), kAction},
      {"an Action in other letters",
       in_element("a:Action", "HTTP://SCHEMAS.XMLSOAP.ORG/ws/2004/09/transfer/Get"), kAction},
      {"Put", in_element("a:Action", "http://schemas.xmlsoap.org/ws/2004/09/transfer/Put"), kAction},
      {"Create", in_element("a:Action", "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create"), kAction},
      {"Delete", in_element("a:Action", "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete"), kAction},
      {"an answer", in_element("a:Action", std::string(names::kGetResponse)), kAction},
      {"a fault's action", in_element("a:Action", "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"),
       kAction},
      {"a script", in_element("a:Action", "javascript:alert(1)"), kAction},
      {"a path", in_element("a:Action", "../../../../etc/passwd"), kAction},
  };
}

Rows replies() {
  const std::string anonymous(names::kAnonymous);
  const auto reply_to = [](const std::string& inside) {
    return instead(kAnonymousReply, "<a:ReplyTo>" + inside + "</a:ReplyTo>");
  };
  const auto fault_to = [](const std::string& inside) {
    return beside("<a:FaultTo>" + inside + "</a:FaultTo>");
  };
  const std::string elsewhere = "<a:Address>http://192.0.2.1/</a:Address>";
  return {
      {"a ReplyTo elsewhere", reply_to(elsewhere), kAddress},
      {"a ReplyTo to this machine", reply_to("<a:Address>http://127.0.0.1:22/</a:Address>"), kAddress},
      {"a ReplyTo to a file", reply_to("<a:Address>file:///etc/passwd</a:Address>"), kAddress},
      {"a ReplyTo without an Address", reply_to(""), kHeader},
      {"a ReplyTo with an empty Address", reply_to("<a:Address/>"), kAddress},
      {"a ReplyTo with markup", reply_to("<a:Address><b/></a:Address>"), kHeader},
      {"a ReplyTo with another namespace's Address", reply_to("<w:Address>" + anonymous + "</w:Address>"),
       kHeader},
      {"a ReplyTo with parameters",
       reply_to("<a:Address>" + anonymous + "</a:Address><a:ReferenceParameters/>"), kAddress},
      {"a ReplyTo with properties",
       reply_to("<a:Address>" + anonymous +
                "</a:Address><a:ReferenceProperties><x/></a:ReferenceProperties>"),
       kAddress},
      {"a ReplyTo that is nearly anonymous", reply_to("<a:Address>" + anonymous + "/</a:Address>"), kAddress},
      {"a FaultTo elsewhere", fault_to(elsewhere), kAddress},
      {"a FaultTo without an Address", fault_to(""), kHeader},
      {"an unknown header to be understood", beside(R"(<q:x xmlns:q="u" s:mustUnderstand="true"/>)"),
       kNotUnderstood},
      {"the same, said with a number", beside(R"(<q:x xmlns:q="u" s:mustUnderstand="1"/>)"), kNotUnderstood},
      {"security headers to be understood",
       beside(R"(<q:Security xmlns:q="http://docs.oasis-open.org/wss" s:mustUnderstand="true"/>)"),
       kNotUnderstood},
      {"a header without a namespace to be understood", beside("<x s:mustUnderstand=\"true\"/>"),
       kNotUnderstood},
      {"a hundred to be understood", beside(repeated(R"(<q:x xmlns:q="u" s:mustUnderstand="true"/>)", 100)),
       kNotUnderstood},
      {"mustUnderstand of perhaps", beside("<x s:mustUnderstand=\"perhaps\"/>"), kSchema},
      {"mustUnderstand of nothing", beside("<x s:mustUnderstand=\"\"/>"), kSchema},
      {"mustUnderstand of 2", beside("<x s:mustUnderstand=\"2\"/>"), kSchema},
  };
}

Rows resources() {
  const auto uri = [](const std::string& value) { return in_element("w:ResourceURI", value); };
  const std::string microsoft(names::kMicrosoftClass);
  const std::string limit = "wsman:EncodingLimit/SelectorLimit";
  const std::string selectors = "wsman:InvalidSelectors/";
  const auto set = [](const std::string& inside) {
    return beside("<w:SelectorSet>" + inside + "</w:SelectorSet>");
  };
  const auto named = [&](const std::string& name, const std::string& value) {
    return set("<w:Selector Name=\"" + name + "\">" + value + "</w:Selector>");
  };
  std::string many;
  for (int i = 0; i < 65; ++i) many += "<w:Selector Name=\"n" + std::to_string(i) + "\">v</w:Selector>";
  return {
      {"no ResourceURI", without("w:ResourceURI"), kResource},
      {"an empty one", uri(""), kHeader},
      {"one of 2,049 octets", uri(microsoft + std::string(2049, 'A')),
       "wsman:EncodingLimit/URILimitExceeded"},
      {"another scheme", uri("file:///etc/passwd"), kResource},
      {"a path", uri(microsoft + "../../etc/passwd"), kResource},
      {"a path, encoded", uri(microsoft + "..%2F..%2Fetc%2Fpasswd"), kResource},
      {"a class that nobody has", uri(microsoft + "SCX_Secret"), kResource},
      {"a class name with a digit first", uri(microsoft + "1A"), kResource},
      {"a class name with a blank", uri(microsoft + "SCX Agent"), kHeader},
      {"a class name with a quote", uri(microsoft + "SCX_Agent'"), kResource},
      {"a class name with a semicolon", uri(microsoft + "SCX_Agent;x"), kResource},
      {"no class name", uri(microsoft), kResource},
      {"a format of printf", uri(microsoft + "%s%n%n"), kResource},
      {"a namespace that is not ours", uri(microsoft + "SCX_Agent?__cimnamespace=root/cimv2"), kResource},
      {"an empty namespace", uri(microsoft + "SCX_Agent?__cimnamespace="), kResource},
      {"another query", uri(microsoft + "SCX_Agent?x=y"), kResource},
      {"two namespaces", uri(microsoft + "SCX_Agent?__cimnamespace=root/scx?__cimnamespace=root/scx"),
       kResource},
      {"all classes at once", uri(microsoft + "*"), kAction},
      {"two ResourceURIs", beside("<w:ResourceURI>" + microsoft + "SCX_Agent</w:ResourceURI>"), kHeader},
      {"a set of something else", set("<w:Option Name=\"a\">b</w:Option>"), kSchema},
      {"a set with text", set("text"), kSchema},
      {"a Selector without a name", set("<w:Selector>v</w:Selector>"), kSchema},
      {"a Selector with an empty name", named("", "v"), kSchema},
      {"a Selector whose name has a prefix", set("<w:Selector w:Name=\"Name\">v</w:Selector>"), kSchema},
      {"a Selector of another namespace", set("<Selector Name=\"Name\">v</Selector>"), kSchema},
      {"a name of 2,049 octets", named(std::string(2049, 'a'), "v"), limit},
      {"a value of 4,097 octets", named("Name", std::string(4097, 'a')), limit},
      {"65 Selectors", set(many), limit},
      {"markup as a value", named("Name", "<b/>"), selectors + "TypeMismatch"},
      {"a reference as a value", named("Name", "<a:EndpointReference/>"), selectors + "TypeMismatch"},
      {"one twice", set(R"(<w:Selector Name="Name">a</w:Selector><w:Selector Name="Name">b</w:Selector>)"),
       selectors + "DuplicateSelectors"},
      {"one twice in other letters",
       set(R"(<w:Selector Name="Name">a</w:Selector><w:Selector Name="NAME">b</w:Selector>)"),
       selectors + "DuplicateSelectors"},
      {"one that is no key", named("Hostname", "db1"), selectors + "UnexpectedSelectors"},
      {"one that is no property", named("__proto__", "x"), selectors + "UnexpectedSelectors"},
      {"a namespace that is not ours as a Selector", named("__cimnamespace", "root/cimv2"), kResource},
      {"two sets", beside(repeated("<w:SelectorSet/>", 2)), kHeader},
  };
}

Rows sizes_and_times() {
  const auto size = [](const std::string& value) { return beside(header("w:MaxEnvelopeSize", value)); };
  const auto timeout = [](const std::string& value) { return beside(header("w:OperationTimeout", value)); };
  const std::string little = "wsman:EncodingLimit/MinimumEnvelopeLimit";
  return {
      {"an envelope of no size", size(""), kSchema},
      {"an envelope of 0", size("0"), little},
      {"an envelope of 8,191", size("8191"), little},
      {"a negative envelope", size("-1"), kSchema},
      {"a signed envelope", size("+9000"), kSchema},
      {"a hexadecimal envelope", size("0xFFFF"), kSchema},
      {"a fractional envelope", size("9000.5"), kSchema},
      {"an envelope with an exponent", size("9e9"), kSchema},
      {"an envelope with a unit", size("9000 kB"), kSchema},
      {"an envelope in Arabic digits", size("\xD9\xA9\xD9\xA9\xD9\xA9\xD9\xA9\xD9\xA9"), kSchema},
      {"an envelope of elements", size("<b/>"), kSchema},
      {"two envelopes", beside(repeated("<w:MaxEnvelopeSize>9000</w:MaxEnvelopeSize>", 2)), kHeader},
      {"a timeout of nothing", timeout(""), kSchema},
      {"a timeout of 0", timeout("PT0S"), "wsman:InvalidParameter"},
      {"a negative timeout", timeout("-PT5S"), "wsman:InvalidParameter"},
      {"a timeout in milliseconds", timeout("5000"), kSchema},
      {"a timeout without a number", timeout("PTS"), kSchema},
      {"a timeout without a unit", timeout("PT5"), kSchema},
      {"a timeout of P", timeout("P"), kSchema},
      {"a timeout of PT", timeout("PT"), kSchema},
      {"a timeout in the wrong order", timeout("PT5S5M"), kSchema},
      {"a timeout with blanks", timeout("P T 5 S"), kSchema},
      {"a timeout with a comma", timeout("PT5,5S"), kSchema},
      {"a timeout with a fraction of minutes", timeout("PT5.5M"), kSchema},
      {"a timeout in lower case", timeout("pt5s"), kSchema},
      {"a timeout by CDATA in an element", timeout("<b><![CDATA[PT5S]]></b>"), kSchema},
  };
}

Rows options() {
  const auto option = [](const std::string& attributes, const std::string& value = "true") {
    return beside("<w:OptionSet><w:Option " + attributes + ">" + value + "</w:Option></w:OptionSet>");
  };
  return {
      {"another language", beside(R"(<w:Locale xml:lang="de" s:mustUnderstand="true"/>)"),
       "wsman:UnsupportedFeature/Locale"},
      {"a set of something else", beside("<w:OptionSet><w:Selector Name=\"a\"/></w:OptionSet>"), kSchema},
      {"an Option without a name", option(""), "wsman:InvalidOptions/InvalidName"},
      {"an Option that must be complied with", option(R"(Name="urn:x" MustComply="true")"),
       "wsman:InvalidOptions/NotSupported"},
      {"the same, said with a number", option(R"(Name="urn:x" MustComply="1")"),
       "wsman:InvalidOptions/NotSupported"},
      {"an Option's value of 4,097 octets", option("Name=\"a\"", std::string(4097, 'x')),
       "wsman:EncodingLimit/OptionLimit"},
      {"an Option's name of 2,049 octets", option("Name=\"" + std::string(2049, 'x') + "\""),
       "wsman:EncodingLimit/OptionLimit"},
      {"65 Options", beside("<w:OptionSet>" + repeated("<w:Option Name=\"a\"/>", 65) + "</w:OptionSet>"),
       "wsman:EncodingLimit/OptionLimit"},
      {"two sets", beside(repeated("<w:OptionSet/>", 2)), kHeader},
      {"a fragment that need not be understood", beside("<w:FragmentTransfer>Name</w:FragmentTransfer>"),
       kHeader},
      {"a fragment of another dialect",
       beside(R"(<w:FragmentTransfer s:mustUnderstand="true" Dialect="urn:x">Name</w:FragmentTransfer>)"),
       "wsman:FragmentDialectNotSupported"},
      {"a fragment with a function",
       beside("<w:FragmentTransfer s:mustUnderstand=\"true\">document('/etc/passwd')</w:FragmentTransfer>"),
       kFilter},
      {"a fragment above the instance",
       beside("<w:FragmentTransfer s:mustUnderstand=\"true\">../../x</w:FragmentTransfer>"), kFilter},
      {"a fragment of everything",
       beside("<w:FragmentTransfer s:mustUnderstand=\"true\">//*</w:FragmentTransfer>"), kFilter},
      {"a fragment of index 0",
       beside("<w:FragmentTransfer s:mustUnderstand=\"true\">Name[0]</w:FragmentTransfer>"), kFilter},
      {"a fragment of index 2^64",
       beside(
           "<w:FragmentTransfer s:mustUnderstand=\"true\">Name[18446744073709551617]</w:FragmentTransfer>"),
       kFilter},
      {"an empty fragment", beside("<w:FragmentTransfer s:mustUnderstand=\"true\"/>"), kFilter},
  };
}

Rows bodies() {
  const auto listing = [](const std::string& inside) { return enumerate("SCX_Agent", inside); };
  const auto mode = [&](const std::string& value) { return listing(header("w:EnumerationMode", value)); };
  const auto poly = [&](const std::string& value) { return listing(header("b:PolymorphismMode", value)); };
  const auto expires = [&](const std::string& value) { return listing(header("n:Expires", value)); };
  const auto most = [&](const std::string& value) { return listing(header("w:MaxElements", value)); };
  const auto body = [](std::string_view action, const std::string& inside) {
    return envelope(headers(action, "SCX_Agent"), inside);
  };
  return {
      {"a Get with a body", instead("<s:Body>", "<s:Body><x/>"), kSchema},
      {"an Enumerate without a body", body(names::kEnumerate, ""), kSchema},
      {"an Enumerate with a Pull", body(names::kEnumerate, "<n:Pull/>"), kSchema},
      {"an Enumerate without a namespace", body(names::kEnumerate, "<Enumerate/>"), kSchema},
      {"two Enumerates", body(names::kEnumerate, "<n:Enumerate/><n:Enumerate/>"), kSchema},
      {"an Enumerate with text", listing("text"), kSchema},
      {"an Enumerate with keys", enumerate("SCX_Agent", "", selectors({{"Name", "scx"}})),
       "wsman:InvalidSelectors/UnexpectedSelectors"},
      {"an Enumerate of a class that nobody has", enumerate("SCX_Secret", ""), kResource},
      {"an Enumerate of all classes", enumerate("*", ""), kResource},
      {"an element that does not belong there", listing("<n:EnumerationContext/>"), kSchema},
      {"a made-up element of ours", listing("<w:Everything/>"), kSchema},
      {"an element twice", listing(repeated("<w:OptimizeEnumeration/>", 2)), kSchema},
      {"0 elements", most("0"), kSchema},
      {"-1 elements", most("-1"), kSchema},
      {"no number of elements", most(""), kSchema},
      {"1e9 elements", most("1e9"), kSchema},
      {"elements of elements", most("<b/>"), kSchema},
      {"an EndTo", listing("<n:EndTo><a:Address>http://192.0.2.1/</a:Address></n:EndTo>"), kAddress},
      {"no mode", mode(""), "wsman:UnsupportedFeature/EnumerationMode"},
      {"a made-up mode", mode("EnumerateSecrets"), "wsman:UnsupportedFeature/EnumerationMode"},
      {"a mode in other letters", mode("enumerateepr"), "wsman:UnsupportedFeature/EnumerationMode"},
      {"no polymorphism", poly(""), "wsmb:PolymorphismModeNotSupported"},
      {"a made-up polymorphism", poly("All"), "wsmb:PolymorphismModeNotSupported"},
      {"no time to live", expires("PT0S"), kExpires},
      {"a negative time to live", expires("-PT5S"), kExpires},
      {"a time to live of nothing", expires(""), kExpires},
      {"a time to live of words", expires("forever"), kExpires},
      {"a date to live", expires("2099-01-01T00:00:00Z"), "wsen:UnsupportedExpirationType"},
      {"a Pull without a body", body(names::kPull, ""), kSchema},
      {"a Pull without a context", body(names::kPull, "<n:Pull/>"), kSchema},
      {"a Pull with an empty context", pull("SCX_Agent", ""), kContext},
      {"a Pull with blanks as a context", pull("SCX_Agent", "  "), kContext},
      {"a Pull with a made-up context", pull("SCX_Agent", "uuid:00000000-0000-0000-0000-000000000000"),
       kContext},
      {"a Pull with a context of 100,000 octets", pull("SCX_Agent", std::string(100'000, '0')), kContext},
      {"a Pull with a path as a context", pull("SCX_Agent", "../../etc/passwd"), kContext},
      {"a Pull with markup as a context", pull("SCX_Agent", "<b/>"), kSchema},
      {"a Pull with two contexts", pull("SCX_Agent", "a", "<n:EnumerationContext>b</n:EnumerationContext>"),
       kSchema},
      {"a Pull with a broken MaxTime", pull("SCX_Agent", "a", "<n:MaxTime>5</n:MaxTime>"), kSchema},
      {"a Pull of 0 elements", pull("SCX_Agent", "a", "<n:MaxElements>0</n:MaxElements>"), kSchema},
      {"a Pull of 0 characters", pull("SCX_Agent", "a", "<n:MaxCharacters>0</n:MaxCharacters>"), kSchema},
      {"a Release without a context", body(names::kRelease, "<n:Release/>"), kSchema},
      {"a Release with a made-up context", release("SCX_Agent", "uuid:1"), kContext},
      {"a Release with a Pull", body(names::kRelease, "<n:Pull/>"), kSchema},
  };
}

Rows filters() {
  const auto asked = [](std::string_view dialect, const std::string& text) {
    return enumerate("TEST_Disk", filter(dialect, text));
  };
  const auto wql = [&](const std::string& text) { return asked(names::kWql, text); };
  const auto cql = [&](const std::string& text) { return asked(names::kCql, text); };
  const std::string all = "SELECT * FROM TEST_Disk WHERE ";
  std::string terms = all + "Name = 'a'";
  terms += repeated(" OR Name = 'a'", 2000);
  return {
      {"a dialect that nobody speaks", asked("urn:x", "*"), kDialect},
      {"XPath", asked(names::kXPath, "//*"), kDialect},
      {"no dialect", enumerate("TEST_Disk", "<w:Filter>//*</w:Filter>"), kDialect},
      {"two filters", enumerate("TEST_Disk", filter(names::kWql, all + "Name='a'") + "<n:Filter/>"), kFilter},
      {"an empty query", wql(""), kFilter},
      {"markup for a query", wql("<b/>"), kFilter},
      {"SQL", wql("DROP TABLE TEST_Disk"), kFilter},
      {"a second statement", wql(all + "Name = 'a'; DELETE FROM TEST_Disk"), kFilter},
      {"a comment of SQL", wql(all + "Name = 'a' -- x"), kFilter},
      {"a union", wql("SELECT * FROM TEST_Disk UNION SELECT * FROM SCX_Agent"), kFilter},
      {"a query inside", wql(all + "Name IN (SELECT Name FROM SCX_Agent)"), kFilter},
      {"a class that nobody has", wql("SELECT * FROM SCX_Secret"), kFilter},
      {"another class than the resource's", wql("SELECT * FROM SCX_Agent"), kFilter},
      {"a property that is not there", wql(all + "Password = 'a'"), kFilter},
      {"a function", wql(all + "LOAD_FILE('/etc/passwd') = 'a'"), kFilter},
      {"a text without its end", wql(all + "Name = 'a"), kFilter},
      {"a comparison without its end", wql(all + "Name ="), kFilter},
      {"a parenthesis without its end", wql(all + "(Name = 'a'"), kFilter},
      {"10,000 parentheses", wql(all + std::string(10'000, '(')), kFilter},
      {"10,000 negations", wql(all + repeated("NOT ", 10'000) + "Name = 'a'"), kFilter},
      {"2,001 terms", wql(terms), kFilter},
      {"a text for a number", wql(all + "BytesTotal = 'many'"), kFilter},
      {"a pattern without its end", wql(all + "Name LIKE '[a'"), kFilter},
      {"a pattern that runs backwards", wql(all + "Name LIKE '[z-a]'"), kFilter},
      {"CQL that is none", cql("SELECT"), kFilter},
      {"an array beyond its type", cql(all + "Mounts[99999999999999999999] = '/'"), kFilter},
      {"a join", cql("SELECT * FROM TEST_Disk, SCX_Agent"), kFilter},
      {"a selector filter of text", asked(names::kSelectorFilter, "Name=a"), kFilter},
      {"a selector filter of nothing", asked(names::kSelectorFilter, "<w:SelectorSet/>"), kFilter},
      {"a selector filter of two sets", asked(names::kSelectorFilter, repeated("<w:SelectorSet/>", 2)),
       kFilter},
      {"a selector filter of another property", asked(names::kSelectorFilter, selectors({{"Password", "a"}})),
       kFilter},
  };
}

// UTF-16 is answered in UTF-16.
Reply readable(Reply reply) {
  DecodedText text;
  EXPECT_TRUE(decode(reply.body, parse_media_type(reply.content_type).charset, text));
  reply.body = std::string(text.utf8);
  return reply;
}

using Part = Rows (*)();

struct NamedPart {
  const char* name;
  Part part;
};

constexpr NamedPart kParts[] = {
    {"Bytes", bytes},           {"Tags", tags},
    {"References", references}, {"SectionsAndDeclarations", sections_and_declarations},
    {"TooMuch", too_much},      {"Envelopes", envelopes},
    {"Addressing", addressing}, {"Replies", replies},
    {"Resources", resources},   {"SizesAndTimes", sizes_and_times},
    {"Options", options},       {"Bodies", bodies},
    {"Filters", filters}};

class HostileMessages : public ::testing::TestWithParam<NamedPart> {};

TEST_P(HostileMessages, GetTheirFaultAndReachNoProvider) {
  Lab lab;
  lab.source.instances.push_back(disk("sda", 1));
  for (const Row& row : GetParam().part()) {
    SCOPED_TRACE(row.name);
    const Reply reply = readable(lab.ask(row.body, "mallory", "application/soap+xml"));
    EXPECT_EQ(verdict(reply), row.expected) << reply.body;
    EXPECT_TRUE(prescan(reply.body)) << reply.body;
    EXPECT_TRUE(lab.source.asked.empty());
    lab.source.asked.clear();
    EXPECT_EQ(verdict(lab.ask(sound(), "alice")), "200");
    lab.source.asked.clear();
  }
}

std::size_t rows_in_all() {
  std::size_t count = 0;
  for (const auto& each : kParts) count += each.part().size();
  return count;
}

TEST(HostileMessagesTable, HasMoreThanThreeHundredRows) {
  EXPECT_GE(rows_in_all(), 300U);
}

INSTANTIATE_TEST_SUITE_P(All, HostileMessages, ::testing::ValuesIn(kParts),
                         [](const auto& part) { return part.param.name; });

}  // namespace
}  // namespace muster::wsman
