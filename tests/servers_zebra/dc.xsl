<?xml version="1.0"?>
<!-- MARC 21 as Dublin Core in SRU's own wrapping. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:m="http://www.loc.gov/MARC21/slim" xmlns:srw_dc="info:srw/schema/1/dc-schema"
    xmlns:dc="http://purl.org/dc/elements/1.1/" exclude-result-prefixes="m">
  <xsl:template match="text()"/>
  <xsl:template match="m:record">
    <srw_dc:dc>
      <dc:identifier><xsl:value-of select="m:controlfield[@tag='001']"/></dc:identifier>
      <dc:title><xsl:for-each select="m:datafield[@tag='245']/m:subfield[contains('abnp',@code)]"><xsl:value-of select="concat(.,' ')"/></xsl:for-each></dc:title>
      <xsl:for-each select="m:datafield[@tag='100' or @tag='700']/m:subfield[@code='a']"><dc:creator><xsl:value-of select="."/></dc:creator></xsl:for-each>
      <xsl:for-each select="m:datafield[@tag='260' or @tag='264']/m:subfield[@code='b']"><dc:publisher><xsl:value-of select="."/></dc:publisher></xsl:for-each>
      <xsl:for-each select="m:datafield[@tag='260' or @tag='264']/m:subfield[@code='c']"><dc:date><xsl:value-of select="."/></dc:date></xsl:for-each>
      <dc:language><xsl:value-of select="substring(m:controlfield[@tag='008'],36,3)"/></dc:language>
    </srw_dc:dc>
  </xsl:template>
</xsl:stylesheet>
